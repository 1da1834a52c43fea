//! Requests beyond single parameters: bodies, names, hooks, connections.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

use serde_json::{Value, json};

use crate::support::{Recorder, Server, error, message, modern, text};

#[test]
fn a_flattened_body_has_its_wire_names_in_the_callers_order() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    server.call("addPet", json!({"tag": null, "name": "Rex"}));
    let request = api.take_one();
    assert_eq!(request.line, "POST /pet HTTP/1.1");
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(
        String::from_utf8_lossy(&request.body),
        r#"{"tag":null,"name":"Rex"}"#
    );
    server.call("addPet", json!({"name": "Rex", "tag": null}));
    assert_eq!(
        String::from_utf8_lossy(&api.take_one().body),
        r#"{"name":"Rex","tag":null}"#
    );
}

#[test]
fn a_nested_body_is_sent_as_it_is() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let body = r#"{"petId":1,"body":{"name":null,"extra":1.10,"born":12345678901234567890}}"#;
    let arguments: Value = serde_json::from_str(body).expect("JSON");
    server.call("patchPet", arguments);
    let request = api.take_one();
    assert_eq!(request.line, "PATCH /pet/1 HTTP/1.1");
    assert_eq!(
        request.header("content-type"),
        Some("application/merge-patch+json")
    );
    let sent = r#"{"name":null,"extra":1.10,"born":12345678901234567890}"#;
    assert_eq!(String::from_utf8_lossy(&request.body), sent);
}

#[test]
fn no_body_is_sent_for_none() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    server.call("patchPet", json!({"petId": 1}));
    let request = api.take_one();
    assert_eq!(
        (request.body.len(), request.header("content-type")),
        (0, None)
    );
    server.call("sameName", json!({"id": 1}));
    let request = api.take_one();
    assert_eq!(
        (request.body.len(), request.header("content-length")),
        (0, Some("0"))
    );
}

#[test]
fn one_name_in_four_places_is_four_arguments() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    server.call(
        "sameName",
        json!({"id": 1, "query_id": 2, "header_id": 3, "body_id": 4}),
    );
    let request = api.take_one();
    assert_eq!(request.line, "POST /same/1?id=2 HTTP/1.1");
    assert_eq!(request.header("id"), Some("3"));
    assert_eq!(request.json(), json!({"id": 4}));
}

#[test]
fn a_template_is_filled_once_and_keeps_its_own_query() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&format!("{base}/base/v1/"), &[], &[]);
    server.call(
        "oneSegment",
        json!({"name": "{kind}", "kind": "j?#", "q": "x"}),
    );
    assert_eq!(
        api.take_one().target(),
        "/base/v1/files/%7Bkind%7D.j%3F%23?view=full&q=x"
    );
    // Neither part is a dot segment, both together are.
    let result = server.call("oneSegment", json!({"name": "x", "kind": "."}));
    assert_eq!(error(&result).matches("`kind`").count(), 1, "{result}");
    assert!(api.take().is_empty());
}

#[test]
fn names_with_brackets_and_dollars_round_trip() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    server.call("listPets", json!({"filter_name": "Rex", "top": 5}));
    let request = api.take_one();
    assert_eq!(request.target(), "/pets?filter%5Bname%5D=Rex&$top=5");
    assert_eq!(request.header("accept"), Some("application/json"));
}

#[test]
fn reserved_headers_are_not_set_by_arguments() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    server.call("reservedHeaders", json!({"v": "mine"}));
    let request = api.take_one();
    assert_eq!(
        request.header("accept"),
        Some("application/json, */*;q=0.8")
    );
    assert_eq!(request.header("host"), base.strip_prefix("http://"));
    assert_eq!(
        (
            request.header("authorization"),
            request.header("toolmill-grant")
        ),
        (None, None)
    );
    assert_eq!(request.header("x-free"), Some("mine"));
    assert!(
        request
            .header("user-agent")
            .is_some_and(|agent| agent.starts_with("toolmill/"))
    );
}

#[test]
fn trace_context_goes_on() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let meta = json!({"traceparent": parent, "tracestate": "a=b", "baggage": "c=d"});
    server.request("tools/call", json!({"name": "unsecured", "_meta": meta}));
    let request = api.take_one();
    assert_eq!(request.header("traceparent"), Some(parent));
    assert_eq!(request.header("tracestate"), Some("a=b"));
    assert_eq!(request.header("baggage"), None);
    // Where the message has none, that of the HTTP request goes on.
    let (head, body) = modern("tools/call", json!({"name": "unsecured"}));
    server.post(&format!("{head}traceparent: {parent}\r\n"), body.as_bytes());
    assert_eq!(api.take_one().header("traceparent"), Some(parent));
}

#[test]
fn hooks_and_hand_written_tools_work() {
    let (api, base) = Recorder::tcp();
    api.answer("200 OK", &["content-type: text/plain"], "answered");
    let server = Server::start(&base, &[], &[]);
    assert_eq!(
        text(&server.call("hooked", json!({}))),
        "answered and after"
    );
    let request = api.take_one();
    assert_eq!(request.line, "POST /hooked?hook=a%20b HTTP/1.1");
    assert_eq!(request.header("x-hook"), Some("before"));
    assert_eq!(request.body, b"from the hook");
    assert_eq!(error(&server.call("refused", json!({}))), "Not today.");
    assert_eq!(
        server.call("add", json!({"a": 2, "b": 3}))["structuredContent"],
        json!({"sum": 5})
    );
    error(&server.call("add", json!({"a": "two", "b": 3})));
    assert!(api.take().is_empty());
    server.call("replaced", json!({"by": "hand"}));
    assert_eq!(api.take_one().target(), "/replaced?by=hand");
}

#[test]
fn a_fault_in_one_tool_ends_that_call_only() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for tool in ["panics", "panicsTwice"] {
        assert!(error(&server.call(tool, json!({}))).contains("fault of its own"));
        server.call("unsecured", json!({}));
        api.take_one();
    }
}

#[test]
fn a_kept_connection_that_was_closed_is_replaced() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    server.call("unsecured", json!({}));
    api.take_one();
    // Closed instead of answered: an idempotent request is sent once more.
    api.answer_once([]);
    let result = server.call("unsecured", json!({}));
    assert_ne!(result["isError"], true, "{result}");
    assert_eq!(api.take().len(), 2);
    // Any other may have been carried out, and is not repeated.
    api.answer_once([]);
    let result = server.call("addPet", json!({"name": "Rex"}));
    assert!(error(&result).contains("not known"), "{result}");
    assert_eq!(result["_meta"]["toolmill/retryable"], false);
    assert_eq!(api.take().len(), 1);
}

#[test]
fn a_request_is_repeated_once_however_many_connections_are_kept() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| server.call("unsecured", json!({})));
        }
    });
    assert_eq!(api.take().len(), 16);
    for _ in 0..16 {
        api.answer_once([]);
    }
    let result = server.call("unsecured", json!({}));
    assert!(error(&result).contains("not known"), "{result}");
    assert_eq!(api.take().len(), 2);
}

#[test]
fn a_request_that_was_lost_is_not_said_to_be_unsent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let server = Server::start(&base, &[], &[]);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut stream = listener.accept().expect("a connection").0;
            let mut requests = BufReader::new(stream.try_clone().expect("a stream")).lines();
            let mut take = || requests.find(|line| line.as_ref().is_ok_and(String::is_empty));
            take().expect("a request").expect("a line");
            let answer = message("200 OK", &["content-type: application/json"], b"{}");
            stream.write_all(&answer).expect("sent");
            take().expect("another").expect("a line");
            drop(listener);
        });
        assert_eq!(server.call("unsecured", json!({}))["isError"], false);
        let result = server.call("unsecured", json!({}));
        assert!(error(&result).contains("not known"), "{result}");
        assert_eq!(result["_meta"]["toolmill/retryable"], false);
    });
}

#[test]
fn no_connection_is_a_result_that_says_so() {
    // The first port is reserved, and nobody listens there.
    let server = Server::start("http://127.0.0.1:1", &[], &[]);
    let result = server.call("unsecured", json!({}));
    assert!(error(&result).contains("Nothing was sent"), "{result}");
    assert_eq!(result["_meta"]["toolmill/retryable"], true);
}
