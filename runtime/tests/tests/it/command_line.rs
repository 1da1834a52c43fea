//! Starting and stopping.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{Recorder, Server, command, modern};

#[test]
fn help_and_version_are_told() {
    let output = command(&["--help"]).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0));
    for word in ["fixture-mcp", "--base-url", "CREDENTIAL_HEADER_KEY"] {
        assert!(text.contains(word), "{text}");
    }
    let output = command(&["--version"]).output().expect("it runs");
    assert!(output.stdout.starts_with(b"fixture-mcp "));
}

#[test]
fn a_wrong_command_line_is_refused_with_what_to_do() {
    for (arguments, word) in [
        (&["--nope"][..], "--help"),
        (&["--stdio", "--port", "1"], "exclude"),
        (&["--port", "eighty"], "65535"),
    ] {
        let output = command(arguments).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(word));
    }
    let output = command(&["--port", "0", "--base-url", "ftp://x"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_taken_port_is_told() {
    let (_, base) = Recorder::tcp();
    let port = base.rsplit(':').next().expect("a port");
    let output = command(&["--port", port]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains(port));
}

#[test]
fn a_signal_stops_it_in_order() {
    for signal in [Signal::TERM, Signal::INT] {
        let (_, base) = Recorder::tcp();
        let mut server = Server::start(&base, &[], &[]);
        server.request("tools/list", json!({}));
        let pid = Pid::from_child(&server.child);
        kill_process(pid, signal).expect("a signal");
        assert_eq!(server.child.wait().expect("an end").code(), Some(0));
    }
}

#[test]
fn a_base_url_may_come_by_the_environment() {
    let (api, base) = Recorder::tcp();
    let mut with = command(&["--port", "0"]);
    let server = Server::spawn({
        with.env("BASE_URL", format!("{base}/env"));
        with
    });
    server.call("unsecured", json!({}));
    assert_eq!(api.take_one().target(), "/env/secured");
}

#[test]
fn standard_input_and_output_speak_both_eras() {
    let (api, base) = Recorder::tcp();
    let mut command = command(&["--stdio", "--base-url", &base]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let (_, modern) = modern("tools/call", json!({"name": "unsecured", "arguments": {}}));
    writeln!(input, "{modern}").expect("sent");
    let mut line = String::new();
    output.read_line(&mut line).expect("a line");
    let answer: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    api.take_one();
    drop(input);
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}

#[test]
fn standard_input_and_output_speak_the_older_era() {
    let mut command = command(&["--stdio"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let client = json!({"name": "test", "version": "0"});
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
    for (request, member) in [
        (
            json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}),
            "serverInfo",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"}),
            "tools",
        ),
    ] {
        writeln!(input, "{request}").expect("sent");
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        assert!(answer["result"].get(member).is_some(), "{answer}");
        if member == "serverInfo" {
            assert_eq!(answer["result"]["protocolVersion"], "2025-06-18");
            writeln!(
                input,
                r#"{{"jsonrpc":"2.0","method":"notifications/initialized"}}"#
            )
            .expect("sent");
        }
    }
    kill_process(Pid::from_child(&child), Signal::TERM).expect("a signal");
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}
