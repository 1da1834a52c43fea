//! Messages that say something twice, by every way in which a message comes.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
};

use serde_json::{Value, json};

use crate::support::{Recorder, Server, command, error, modern};

/// What the arguments say once, and where a name of theirs is said twice.
const ARGUMENTS: [(&str, Option<&str>); 5] = [
    (
        r#"{"v":{"b":2,"a":[{"c":1.50},{"c":18446744073709551616}]}}"#,
        None,
    ),
    (r#"{"v":1,"v":1}"#, Some("/v")),
    (r#"{"v":1,"\u0076":2}"#, Some("/v")),
    (
        r#"{"v":{"a/b":[0,{"c":1,"d":2,"c":3}]}}"#,
        Some("/v/a~1b/1/c"),
    ),
    (r#"{"v":1,"other":2,"other":3}"#, Some("/other")),
];

/// What comes of each of the arguments, by one way.
fn check(api: &Recorder, mut call: impl FnMut(&str) -> Value) {
    for (arguments, twice) in ARGUMENTS {
        let answer = call(arguments);
        let result = &answer["result"];
        match twice {
            Some(pointer) => {
                let said = error(result);
                assert!(said.contains(&format!("`{pointer}` twice")), "{said}");
                assert!(api.take().is_empty(), "{arguments}");
            }
            None => {
                assert_eq!(result["isError"], false, "{answer}");
                let sent = "/q?v=%7B%22b%22%3A2%2C%22a%22%3A%5B%7B%22c%22%3A1.50%7D%2C%7B%22c%22%3A18446744073709551616%7D%5D%7D";
                assert_eq!(api.take_one().target(), sent);
            }
        }
    }
}

/// The parts of a message that are said once.
fn message(arguments: &str, meta: &Value) -> (String, String) {
    let params = json!({"name": "queryJson", "arguments": "HERE", "_meta": meta});
    let (head, body) = modern("tools/call", params);
    (head, body.replace("\"HERE\"", arguments))
}

/// The JSON-RPC answer, be it alone or the last of several events.
fn read(answer: &[u8]) -> Value {
    let text = std::str::from_utf8(answer).expect("text");
    let last = text.lines().rfind(|line| line.contains("jsonrpc"));
    let json = last.expect("a message").trim_start_matches("data: ");
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn arguments_that_say_something_twice_are_refused_over_http() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let progress = json!({"progressToken": 1});
    for (headers, meta) in [
        ("", json!({})),
        ("Origin: http://localhost:1\r\n", json!({})),
        ("", progress),
    ] {
        check(&api, |arguments| {
            let (head, body) = message(arguments, &meta);
            let (status, answer) = server.post(&format!("{head}{headers}"), body.as_bytes());
            assert_eq!(status, 200);
            read(&answer)
        });
    }
    check(&api, |arguments| {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"queryJson","arguments":{arguments}}}}}"#
        );
        let (status, answer) = server.post("MCP-Protocol-Version: 2025-06-18\r\n", body.as_bytes());
        assert_eq!(status, 200);
        read(&answer)
    });
}

#[test]
fn arguments_that_say_something_twice_are_refused_over_standard_input() {
    let (api, base) = Recorder::tcp();
    let mut command = command(&["--stdio", "--base-url", &base]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut ask = |message: &str| {
        writeln!(input, "{message}").expect("sent");
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        serde_json::from_str::<Value>(&line).expect("JSON")
    };
    check(&api, |arguments| ask(&message(arguments, &json!({})).1));
    let (_, body) = message("{}", &json!({}));
    let answer = ask(&body.replace("\"name\":", "\"name\":\"add\",\"name\":"));
    assert_eq!(
        (&answer["id"], &answer["error"]["code"]),
        (&json!(1), &json!(-32600))
    );
    // What is no JSON gets no answer, and what follows it does; so with a line that has no end.
    let long = format!("[\"{}\"]", "x".repeat(17 << 20));
    for passed_over in ["{\"id\":1,", "", "\u{feff}", &long] {
        let (_, body) = message("{\"v\":1}", &json!({}));
        let answer = ask(&format!("{passed_over}\n\u{feff}{body}\r"));
        assert_eq!(answer["result"]["isError"], false, "{answer}");
    }
    // Half a surrogate pair, of a text that was cut in the middle of one, is no JSON either, and
    // its client waits.
    let (_, body) = message(r#"{"v":"\ud83d"}"#, &json!({}));
    let answer = ask(&body);
    let seen = (&answer["id"], &answer["error"]["code"]);
    assert_eq!(seen, (&json!(1), &json!(-32700)), "{answer}");
    drop(input);
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}

#[test]
fn a_message_that_says_something_else_twice_is_refused() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let (head, good) = message("{\"v\":1}", &json!({}));
    let again = |member: &str| good.replacen(member, &format!("{member}0,{member}"), 1);
    for (body, id) in [
        (again("\"name\":"), json!(1)),
        (again("\"arguments\":"), json!(1)),
        (again("\"_meta\":"), json!(1)),
        (again("\"params\":"), json!(1)),
        (
            again("\"io.modelcontextprotocol/clientCapabilities\":"),
            json!(1),
        ),
        (again("\"id\":"), json!(null)),
        (again("\"method\":"), json!(1)),
        (
            good.replacen('{', "{\"other\":{\"a\":1,\"a\":1},", 1),
            json!(1),
        ),
    ] {
        assert_ne!(body, good);
        let (status, answer) = server.post(&head, body.as_bytes());
        let answer = read(&answer);
        let error = &answer["error"];
        assert_eq!((status, &error["code"]), (400, &json!(-32600)), "{body}");
        assert_eq!(answer["id"], id, "{body}");
        let said = error["message"].as_str().expect("a message");
        assert!(said.contains("twice"), "{said}");
    }
    assert!(api.take().is_empty());
    assert_eq!(server.post(&head, good.as_bytes()).0, 200);
    api.take_one();
}

/// Behind a name of serde_json's own there would be a text that nobody has looked through.
#[test]
fn a_name_that_readers_take_for_another_thing_is_refused() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let send = |member: &str, progress: &Value| {
        let arguments = format!(r#"{{"v":[{{"$serde_json{member}}}]}}"#);
        let (head, body) = message(&arguments, progress);
        let (status, answer) = server.post(&head, body.as_bytes());
        (status, read(&answer), api.take().len())
    };
    for meta in [json!({}), json!({"progressToken": 1})] {
        for member in [
            r#"::private::RawValue":"{\"a\":1,\"a\":2}""#,
            r#"::private::Number":"x""#,
            r#"::private::Number":{}"#,
            r#"::private::Number":"1","x":2"#,
        ] {
            let (status, answer, calls) = send(member, &meta);
            let said = answer["error"]["message"].as_str().expect("a message");
            let name = member.split('"').next().expect("a name");
            let place = format!("`/params/arguments/v/0/$serde_json{name}`");
            assert!(said.contains(&place), "{member}: {said}");
            assert_eq!((status, calls), (400, 0), "{member}");
        }
        let (status, answer, calls) = send(r#"":"1""#, &meta);
        assert_eq!((status, calls), (200, 1), "{answer}");
    }
}
