//! A server of the platform: clients come by one unix socket, requests leave by another.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};

use crate::support::{Recorder, Server, command, error, message, modern, post_unix, text};

/// Starts the fixture on a socket in `folder` and waits until it listens.
pub fn start(folder: &Path, base: &str) -> (Server, PathBuf) {
    let (socket, egress) = (folder.join("in.sock"), folder.join("out.sock"));
    let mut command = command(&["--base-url", base, "--socket"]);
    command
        .arg(&socket)
        .arg("--egress")
        .arg(&egress)
        .stderr(Stdio::piped());
    command.env("CREDENTIAL_BEARER", "never sent");
    let mut child = command.spawn().expect("the fixture starts");
    let mut log = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    log.read_line(&mut line).expect("a line");
    assert!(line.contains("in.sock"), "{line}");
    (
        Server {
            child,
            url: String::new(),
        },
        socket,
    )
}

fn call(socket: &Path, grant: Option<&str>, tool: &str) -> Value {
    let (head, body) = modern("tools/call", json!({"name": tool, "arguments": {}}));
    let grant = grant.map_or_else(String::new, |grant| format!("Toolmill-Grant: {grant}\r\n"));
    let (status, answer) = post_unix(
        socket,
        &format!("Host: localhost\r\n{grant}{head}"),
        body.as_bytes(),
    );
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
    let answer: Value = serde_json::from_slice(&answer).expect("JSON");
    answer["result"].clone()
}

/// Sends a message with some grant; the status and the answer.
fn send(socket: &Path, (head, body): (&str, &str)) -> (u16, Value) {
    let head = format!("Host: localhost\r\nToolmill-Grant: x\r\n{head}");
    let (status, answer) = post_unix(socket, &head, body.as_bytes());
    (status, serde_json::from_slice(&answer).expect("JSON"))
}

/// Whether a call with these arguments fails.
fn fails(socket: &Path, tool: &str, arguments: &Value) -> bool {
    let (head, body) = modern("tools/call", json!({"name": tool, "arguments": arguments}));
    let (status, answer) = send(socket, (&head, &body));
    assert_eq!(status, 200, "{answer}");
    answer["result"]["isError"].as_bool().expect("a result")
}

#[test]
fn requests_go_to_the_broker_with_their_grant_and_without_credentials() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Recorder::unix(&folder.path().join("out.sock"));
    for base in ["https://api.test/v1", "http://api.test:8080/v1"] {
        let (_server, socket) = start(folder.path(), base);
        for grant in ["grant-1", "grant-2"] {
            call(&socket, Some(grant), "securedOptional");
            let request = broker.take_one();
            assert_eq!(request.line, format!("GET {base}/secured HTTP/1.1"));
            assert_eq!(request.header("toolmill-grant"), Some(grant));
            assert_eq!(request.header("authorization"), None);
            let host = base.split('/').nth(2);
            assert_eq!(request.header("host"), host);
        }
    }
}

#[test]
fn a_call_without_a_grant_sends_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Recorder::unix(&folder.path().join("out.sock"));
    let (_server, socket) = start(folder.path(), "http://api.test");
    assert!(error(&call(&socket, None, "unsecured")).contains("grant"));
    assert!(broker.take().is_empty());
}

#[test]
fn the_brokers_refusals_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Recorder::unix(&folder.path().join("out.sock"));
    let problem = r#"{"title":"No credential","detail":"Give a credential for `bearer` first."}"#;
    let headers = [
        "toolmill-broker-error: no-credential",
        "content-type: application/problem+json",
    ];
    broker.answer("403 Forbidden", &headers, problem);
    let (_server, socket) = start(folder.path(), "http://api.test");
    let result = call(&socket, Some("g"), "unsecured");
    assert_eq!(error(&result), "Give a credential for `bearer` first.");
    assert_eq!(result["_meta"]["toolmill/brokerError"], "no-credential");
}

#[test]
fn a_redirect_is_followed_with_the_grant_that_came_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Recorder::unix(&folder.path().join("out.sock"));
    let (_server, socket) = start(folder.path(), "http://api.test/v1");
    let moved = "location: http://api.test/v1/moved/far?x=1";
    let further = "toolmill-grant: grant-of-the-redirect";
    broker.answer_once(message("302 Found", &[moved, further], b""));
    broker.answer_once(message("200 OK", &["toolmill-grant: not-shown"], b"there"));
    let result = call(&socket, Some("grant-of-the-call"), "unsecured");
    assert_eq!(text(&result), "there");
    assert!(!result.to_string().contains("not-shown"), "{result}");
    let seen = broker.take();
    let sent: Vec<_> = seen
        .iter()
        .map(|request| (request.target(), request.header("toolmill-grant")))
        .collect();
    assert_eq!(
        sent[1..],
        [(
            "http://api.test/v1/moved/far?x=1",
            Some("grant-of-the-redirect")
        )]
    );
    assert_eq!(sent[0].1, Some("grant-of-the-call"));
    // The next call begins with its own again.
    broker.answer("302 Found", &[moved], "");
    call(&socket, Some("grant-of-the-next"), "unsecured");
    let seen = broker.take();
    assert!(seen.len() > 1, "control: it is followed");
    for request in seen {
        assert_eq!(request.header("toolmill-grant"), Some("grant-of-the-next"));
    }
}

#[test]
fn a_broker_that_is_away_is_met_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, socket) = start(folder.path(), "http://api.test");
    let result = call(&socket, Some("g"), "unsecured");
    assert!(error(&result).contains("try again"), "{result}");
    assert_eq!(result["_meta"]["toolmill/retryable"], true);
    let broker = Recorder::unix(&folder.path().join("out.sock"));
    assert_ne!(call(&socket, Some("g"), "unsecured")["isError"], true);
    broker.take_one();
}

#[test]
fn only_localhost_is_a_host_on_a_socket() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, socket) = start(folder.path(), "http://api.test");
    let (head, body) = modern("tools/list", json!({}));
    for (headers, status) in [
        ("Host: localhost\r\n", 200),
        ("Host: evil.test\r\n", 403),
        ("Host: localhost\r\nOrigin: http://localhost\r\n", 403),
    ] {
        let answer = post_unix(&socket, &format!("{headers}{head}"), body.as_bytes());
        assert_eq!(answer.0, status, "{headers}");
    }
}

#[test]
fn a_stale_socket_is_replaced_and_a_file_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    for _ in 0..2 {
        let (server, _) = start(folder.path(), "http://api.test");
        drop(server);
        assert!(
            folder.path().join("in.sock").exists(),
            "a killed server leaves its socket"
        );
    }
    let file = folder.path().join("file");
    std::fs::write(&file, "precious").expect("a file");
    let mut command = command(&["--socket"]);
    let output = command
        .arg(&file)
        .args(["--egress", "x"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        std::fs::read_to_string(&file).expect("the file"),
        "precious"
    );
}

/// An instance gives a server 64 MiB, and a value takes many times its text.
#[test]
fn the_largest_messages_fit_into_a_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Recorder::unix(&folder.path().join("out.sock"));
    let usual = r#"{"id":123456,"name":"Some name","email":"a@example.com","tags":["a","b"],"price":12.50}"#;
    let long = format!("\"{}\"", "x".repeat(1_000_000));
    for (item, fits) in [("1", 300_000), (usual, 18_000), (&long, 4)] {
        // A name that only rmcp knows what to do with makes a message take more.
        for (count, meta, is_called) in [
            (fits, json!({}), true),
            (fits / 4, json!({"other": 1}), true),
            (3_900_000 / (item.len() + 1), json!({}), item == long),
            (
                3_900_000 / (item.len() + 1),
                json!({"other": 1}),
                item == long,
            ),
        ] {
            let (server, socket) = start(folder.path(), "http://api.test");
            let params = json!({"name": "sendJson", "arguments": "HERE", "_meta": meta});
            let (head, body) = modern("tools/call", params);
            let list = vec![item; count].join(",");
            let body = body.replace("\"HERE\"", &format!("{{\"list\":[{list}]}}"));
            let (status, answer) = send(&socket, (&head, &body));
            let shown: String = format!("{item} {count} {meta}").chars().take(120).collect();
            if is_called {
                assert_eq!(answer["result"]["isError"], false, "{shown}: {answer}");
            } else {
                let said = answer["error"]["message"].as_str().expect("a message");
                assert!(said.contains("more values than"), "{shown}: {said}");
            }
            assert_eq!(
                (status, broker.take().len()),
                if is_called { (200, 1) } else { (413, 0) }
            );
            assert!(server.peak() < 64 * 1024, "{shown}: {} KiB", server.peak());
        }
    }
}

/// What is not among the arguments takes as much room.
#[test]
fn every_part_of_a_message_counts_against_the_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Recorder::unix(&folder.path().join("out.sock"));
    let (server, socket) = start(folder.path(), "http://api.test");
    let client = json!({"name": "x", "version": "1", "icons": "HERE"});
    let (capabilities, client_info) = (
        "io.modelcontextprotocol/clientCapabilities",
        "io.modelcontextprotocol/clientInfo",
    );
    let with = |pointer: &str, name: &str, value: Value| {
        let (head, body) = modern("tools/call", json!({"name": "unsecured", "arguments": {}}));
        let mut body: Value = serde_json::from_str(&body).expect("JSON");
        body.pointer_mut(pointer).expect("an object")[name] = value;
        (head, body.to_string())
    };
    let parts = [
        ("id", with("", "id", json!("HERE")), false),
        (
            "capabilities",
            with(
                "/params/_meta",
                capabilities,
                json!({"experimental": {"x": {"y": "HERE"}}}),
            ),
            true,
        ),
        ("client", with("/params/_meta", client_info, client), true),
    ];
    for (part, (head, body), is_free) in parts {
        let with = |list: &str| {
            let body = body.replace("\"HERE\"", &format!("[{list}]"));
            (send(&socket, (&head, &body)).0, broker.take().len())
        };
        if is_free {
            assert_eq!(with(""), (200, 1), "{part}");
        }
        let many = vec!["1"; 1_900_000].join(",");
        assert_eq!(with(&many), (413, 0), "{part}");
        assert!(server.peak() < 64 * 1024, "{part}: {} KiB", server.peak());
    }
}

/// A name of the caller's own is written again for each item of a list.
#[test]
fn what_arguments_are_put_together_to_fits_into_a_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Recorder::unix(&folder.path().join("out.sock"));
    let object =
        |name: &str, value: Value| Value::Object([(name.to_owned(), value)].into_iter().collect());
    let nested = |name: &str| (0..100).fold(json!([1]), |inner, _| object(name, inner));
    for (tool, of) in [
        (
            "queryDeep",
            (|named| json!({ "v": named })) as fn(Value) -> Value,
        ),
        ("sendForm", |named| json!({ "body": { "deep": named } })),
        ("sendForm", |named| json!({ "body": named })),
        ("sendParts", |named| json!({ "body": named })),
        ("sendXml", |named| json!({ "body": named })),
    ] {
        let (server, socket) = start(folder.path(), "http://api.test");
        let call = |arguments: Value| (fails(&socket, tool, &arguments), broker.take().len());
        assert_eq!(call(of(object("key", json!([1, 2])))), (false, 1), "{tool}");
        let list = Value::Array(vec![json!(1); 60_000]);
        assert_eq!(
            call(of(object(&"k".repeat(400_000), list))),
            (true, 0),
            "{tool}"
        );
        if tool == "queryDeep" {
            assert_eq!(call(of(nested(&"k".repeat(30_000)))), (true, 0));
        }
        assert!(server.peak() < 64 * 1024, "{tool}: {} KiB", server.peak());
    }
}

/// What a strict argument holds as a text is read as a message would be.
#[test]
fn strict_texts_fit_into_a_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Recorder::unix(&folder.path().join("out.sock"));
    let (server, socket) = start(folder.path(), "http://api.test");
    for (items, is_called) in [(50_000, true), (1_900_000, false)] {
        let more = format!("{{\"list\":[{}]}}", vec!["1"; items].join(","));
        let arguments = json!({"name": "Rex", "tag": null, "more": more});
        let is_refused = fails(&socket, "strictPet", &arguments);
        assert_eq!(is_refused, !is_called, "{items}");
        assert_eq!(broker.take().len(), usize::from(is_called), "{items}");
        assert!(server.peak() < 64 * 1024, "{items}: {} KiB", server.peak());
    }
}
