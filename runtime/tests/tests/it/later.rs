//! What only OpenAPI 3.2 has: any method, whole queries, sequences.

use serde_json::{Value, json};

use crate::support::{Recorder, Server, error, text};

fn server() -> (Recorder, Server) {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    (api, server)
}

#[test]
fn any_method_is_sent_as_it_is_written() {
    let (api, server) = server();
    server.call("copyPet", json!({}));
    assert_eq!(api.take_one().line, "COPY /pets HTTP/1.1");
    server.call("searchPets", json!({ "body": { "name": "Rex" } }));
    let request = api.take_one();
    assert_eq!(request.line, "QUERY /pets HTTP/1.1");
    assert_eq!(request.json(), json!({ "name": "Rex" }));
}

#[test]
fn a_query_request_follows_redirects_as_its_like_do() {
    for (status, expected) in [
        ("307 Temporary Redirect", ("QUERY /there HTTP/1.1", "{}")),
        ("303 See Other", ("GET /there HTTP/1.1", "")),
    ] {
        let (api, server) = server();
        let answer = format!("HTTP/1.1 {status}\r\nlocation: /there\r\ncontent-length: 0\r\n\r\n");
        api.answer_once(answer);
        server.call("searchPets", json!({ "body": {} }));
        let requests = api.take();
        let followed = requests.last().expect("a request");
        let body = String::from_utf8_lossy(&followed.body);
        assert_eq!((followed.line.as_str(), &*body), expected);
    }
}

#[test]
fn a_whole_query_is_a_form_json_or_text() {
    let (api, server) = server();
    for (tool, value, target) in [
        (
            "wholeForm",
            json!({ "a b": "c&d", "tags": ["x", "y"], "joined": ["p", "q,r"], "none": null }),
            "/whole?a%20b=c%26d&tags=x&tags=y&joined=p,q%2Cr",
        ),
        ("wholeForm", json!({}), "/whole"),
        (
            "wholeJson",
            json!({ "numbers": [1, 2], "flag": null }),
            "/whole?%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D",
        ),
        (
            "wholeText",
            json!("$.a.b[1:1]#&"),
            "/whole?%24.a.b%5B1%3A1%5D%23%26",
        ),
        ("wholeText", json!(null), "/whole"),
    ] {
        server.call(tool, json!({ "v": value }));
        assert_eq!(api.take_one().target(), target, "{tool}");
    }
    let refused = error(&server.call("wholeForm", json!({ "v": "a=b#c" }))).to_owned();
    assert!(refused.contains("given as an object"), "{refused}");
    assert!(api.take().is_empty());
}

#[test]
fn a_sequence_is_a_value_on_each_line() {
    let (api, server) = server();
    for (tool, value, sent) in [
        ("sendLines", json!([{ "a": 1 }, "b"]), "{\"a\":1}\n\"b\"\n"),
        ("sendLines", json!({ "a": 1 }), "{\"a\":1}\n"),
        ("sendLines", json!("{}\n{}\n"), "{}\n{}\n"),
        ("sendLines", json!([]), ""),
        ("sendSequence", json!([1, 2]), "\u{1e}1\n\u{1e}2\n"),
    ] {
        server.call(tool, json!({ "body": value }));
        let request = api.take_one();
        assert_eq!(String::from_utf8_lossy(&request.body), sent, "{tool}");
    }
}

#[test]
fn a_documented_sequence_is_answered_as_the_list_of_its_items() {
    for (media_type, body, items) in [
        (
            "application/x-ndjson",
            "{\"a\":1}\n{\"a\":2}\n",
            json!([{"a": 1}, {"a": 2}]),
        ),
        ("application/json-seq", "\u{1e}1\n\u{1e}2\n", json!([1, 2])),
        (
            "text/event-stream; charset=utf-8",
            "event: add\ndata: {}\n\ndata: x\n\n",
            json!([{"event": "add", "data": "{}"}, {"data": "x"}]),
        ),
    ] {
        let (api, server) = server();
        api.answer("200 OK", &[&format!("content-type: {media_type}")], body);
        let result = server.call("listPets", json!({}));
        assert_eq!(
            result["structuredContent"],
            json!({ "result": items }),
            "{media_type}"
        );
        // Where no list is documented, it is text, without what nobody sees.
        let result = server.call("unsecured", json!({}));
        assert_eq!(text(&result), body.replace('\u{1e}', ""));
        assert_eq!(result["structuredContent"], Value::Null);
    }
}

#[test]
fn a_broken_sequence_is_text() {
    let (api, server) = server();
    api.answer("200 OK", &["content-type: application/jsonl"], "{}\n{");
    let result = server.call("listPets", json!({}));
    assert_eq!(text(&result), "{}\n{");
    assert_ne!(result["isError"], true);
}
