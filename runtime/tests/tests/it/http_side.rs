//! The MCP endpoint as HTTP: who may come, and what is refused.

use std::{io::Read as _, io::Write as _, net::TcpStream};

use serde_json::{Value, json};

use crate::support::{Recorder, Server, modern};

fn server(arguments: &[&str]) -> Server {
    let (_, base) = Recorder::tcp();
    Server::start(&base, arguments, &[])
}

fn listed(server: &Server, headers: &str) -> u16 {
    let (head, body) = modern("tools/list", json!({}));
    server.post(&format!("{headers}{head}"), body.as_bytes()).0
}

#[test]
fn only_known_hosts_and_origins_are_served() {
    let server = server(&[
        "--allowed-host",
        "mcp.example",
        "--allowed-origin",
        "https://app.example:443",
    ]);
    for (headers, status) in [
        ("", 200),
        ("Host: localhost:1\r\n", 200),
        ("Host: [::1]\r\n", 200),
        ("Host: mcp.example\r\n", 200),
        ("Host: evil.test\r\n", 403),
        ("Host: 127.0.0.1.evil.test\r\n", 403),
        ("Origin: http://localhost:6274\r\n", 200),
        ("Origin: https://app.example\r\n", 200),
        ("Origin: https://evil.test\r\n", 403),
        ("Origin: null\r\n", 403),
    ] {
        assert_eq!(listed(&server, headers), status, "{headers}");
    }
}

/// The whole answer to a post, but for its date.
fn raw(server: &Server, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.authority()).expect("a connection");
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        server.authority(),
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let lines = answer.split_inclusive("\r\n");
    lines.filter(|line| !line.starts_with("date:")).collect()
}

/// An ordinary call is answered by the runtime, one that needs a second look by rmcp.
#[test]
fn an_ordinary_call_is_answered_as_any_other() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    api.answer(
        "200 OK",
        &["content-type: application/json"],
        r#"{"name": "Rex", "id": 9007199254740993, "odd": 1.10}"#,
    );
    let plain = "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n";
    let looked_at = format!("{plain}Origin: http://localhost:1\r\n");
    for (tool, arguments) in [
        ("getPet", json!({"petId": 1})),
        ("getPet", json!({"petId": 1, "_fields": ["name"]})),
        ("getPet", json!({"petId": "x"})),
        ("getPet", json!({})),
        ("add", json!({"a": 1, "b": 2})),
        ("panics", json!({})),
        ("panicsTwice", json!({})),
        ("nope", json!({})),
    ] {
        let (head, body) = modern("tools/call", json!({"name": tool, "arguments": arguments}));
        let trace = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
        let mut seen = Vec::new();
        for headers in [plain, &looked_at] {
            let answer = raw(&server, &format!("{headers}{trace}{head}"), &body);
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
            let requests = api.take().into_iter();
            let requests: Vec<_> = requests
                .map(|request| (request.line, request.headers, request.body))
                .collect();
            seen.push((answer, requests));
        }
        assert_eq!(seen[0], seen[1], "{tool} {arguments}");
    }
}

#[test]
fn what_is_not_ordinary_is_refused_as_ever() {
    let server = server(&[]);
    let (head, body) = modern(
        "tools/call",
        json!({"name": "add", "arguments": {"a": 1, "b": 2}}),
    );
    let accept = "Accept: application/json, text/event-stream\r\n";
    let json = "Content-Type: application/json\r\n";
    for (headers, body, status) in [
        (format!("{accept}{json}{head}"), body.clone(), 200),
        (
            format!("{accept}{json}{head}Mcp-Param-A: 1\r\n"),
            body.clone(),
            200,
        ),
        (
            format!("{accept}{json}{head}MCP-Protocol-Version: 2026-07-28\r\n"),
            body.clone(),
            200,
        ),
        (format!("{accept}{head}"), body.clone(), 415),
        (format!("{json}{head}"), body.clone(), 406),
        (
            format!("Accept: application/json\r\n{json}{head}"),
            body.clone(),
            406,
        ),
        (
            format!("{accept}Content-Type: text/plain\r\n{head}"),
            body.clone(),
            415,
        ),
        (
            format!("{accept}{json}{}", head.replace("Mcp-Name: add\r\n", "")),
            body.clone(),
            400,
        ),
        (
            format!(
                "{accept}{json}{}",
                head.replace("Mcp-Method: tools/call\r\n", "")
            ),
            body.clone(),
            400,
        ),
        (
            format!("{accept}{json}{head}"),
            body.replace("clientCapabilities", "other"),
            400,
        ),
        (
            format!("{accept}{json}{head}"),
            body.replace("2026-07-28", "2025-11-25"),
            400,
        ),
        (
            format!("{accept}{json}{head}"),
            body.replace("\"id\":1", "\"id\":1.5"),
            415,
        ),
        // The same values in a list, as a careless reader would take them.
        (
            format!("{accept}{json}{head}"),
            json!(["2.0", 1, "tools/call", ["add", {"a": 1, "b": 2}, ["2026-07-28", {}, null, null, null]]])
                .to_string(),
            415,
        ),
    ] {
        let answer = raw(&server, &headers, &body);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{headers}{body}\n{answer}"
        );
    }
}

#[test]
fn a_body_over_four_mebibytes_is_refused() {
    let server = server(&[]);
    let (head, body) = modern(
        "tools/call",
        json!({"name": "addPet", "arguments": {"name": ""}}),
    );
    for (length, status) in [(4 * 1024 * 1024, 200), (4 * 1024 * 1024 + 1, 413)] {
        let filler = "x".repeat(length - body.len());
        let body = body.replacen("\"name\":\"\"", &format!("\"name\":\"{filler}\""), 1);
        assert_eq!(body.len(), length);
        assert_eq!(server.post(&head, body.as_bytes()).0, status, "{length}");
    }
}

#[test]
fn headers_that_contradict_the_body_are_refused() {
    let server = server(&[]);
    let (head, body) = modern(
        "tools/call",
        json!({"name": "add", "arguments": {"a": 1, "b": 2}}),
    );
    for (from, to) in [
        ("tools/call", "tools/list"),
        ("Mcp-Name: add", "Mcp-Name: other"),
    ] {
        let (status, answer) = server.post(&head.replace(from, to), body.as_bytes());
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(-32020)),
            "{answer}"
        );
    }
}

#[test]
fn arguments_that_a_header_repeats_are_compared_with_it() {
    let server = server(&[]);
    let (head, body) = modern(
        "tools/call",
        json!({"name": "regional", "arguments": {"region": "north"}}),
    );
    for (header, status) in [
        ("Mcp-Param-Region: north\r\n", 200),
        ("mcp-param-region: =?base64?bm9ydGg=?=\r\n", 200),
        ("Mcp-Param-Region: south\r\n", 400),
        ("Mcp-Param-Region: =?base64?bm9ydG?=\r\n", 400),
        ("", 400),
    ] {
        let (answered, answer) = server.post(&format!("{head}{header}"), body.as_bytes());
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        assert_eq!(answered, status, "{header}: {answer}");
        let expected = match status {
            200 => answer["result"]["structuredContent"] == json!({"region": "north"}),
            _ => answer["error"]["code"] == -32020,
        };
        assert!(expected, "{header}: {answer}");
    }
}

#[test]
fn what_the_server_does_not_do_is_not_found() {
    let server = server(&[]);
    for method in [
        "prompts/list",
        "resources/list",
        "resources/templates/list",
        "ping",
        "initialize",
        "tools/nope",
    ] {
        let (head, body) = modern(method, json!({}));
        let (status, answer) = server.post(&head, body.as_bytes());
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        assert_eq!(
            (status, &answer["error"]["code"]),
            (404, &json!(-32601)),
            "{method}: {answer}"
        );
    }
    for (line, status) in [("GET /mcp", 405), ("DELETE /mcp", 405), ("GET /", 404)] {
        let mut stream = TcpStream::connect(server.authority()).expect("a connection");
        let request = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{line}: {answer}"
        );
    }
}

#[test]
fn hostile_messages_are_refused_and_the_server_goes_on() {
    let server = server(&[]);
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    let (head, body) = modern(
        "tools/call",
        json!({"name": "queryJson", "arguments": {"v": 0}}),
    );
    for body in [
        body.replacen("\"v\":0", &format!("\"v\":{deep}"), 1),
        body.replacen("\"v\":0", "\"v\":NaN", 1),
        format!("[{body}]"),
        body.replacen("\"id\":1", "\"id\":{}", 1),
        body.replacen("2.0", "1.0", 1),
        String::new(),
        "\u{0}".into(),
    ] {
        let (status, answer) = server.post(&head, body.as_bytes());
        assert!(
            (400..500).contains(&status),
            "{body}: {status} {}",
            String::from_utf8_lossy(&answer)
        );
    }
    assert_eq!(listed(&server, ""), 200);
}

#[test]
fn the_list_is_public_ordered_and_complete() {
    let server = server(&[]);
    let answer = server.request("tools/list", json!({}));
    let result = &answer["result"];
    assert_eq!(
        (&result["cacheScope"], &result["ttlMs"]),
        (&json!("public"), &json!(300_000))
    );
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "fixture-mcp"
    );
    let tools = result["tools"].as_array().expect("tools");
    let tool = |name: &str| {
        tools
            .iter()
            .find(|tool| tool["name"] == name)
            .expect("the tool")
    };
    assert_eq!(tool("pathSimple")["name"], tools[0]["name"]);
    assert_eq!(tool("getPet")["title"], "Find pet by ID");
    assert_eq!(tool("getPet")["annotations"]["readOnlyHint"], true);
    let pet = json!({"type": ["string", "null"]});
    assert_eq!(
        tool("getPet")["outputSchema"]["$defs"]["Pet"]["properties"]["name"],
        pet
    );
    assert_eq!(
        tool("patchPet")["inputSchema"]["$defs"]["Pet"]["properties"]["name"],
        pet
    );
    assert_eq!(tool("deletePet")["inputSchema"].get("$defs"), None);
    assert_eq!(
        tool("replaced")["description"],
        "In place of the generated tool."
    );
    assert_eq!(
        tools
            .iter()
            .filter(|tool| tool["name"] == "replaced")
            .count(),
        1
    );
    assert_eq!(server.request("tools/list", json!({})), answer);
    let refused = server.request("tools/list", json!({"cursor": "x"}));
    assert_eq!(refused["error"]["code"], -32602);
}
