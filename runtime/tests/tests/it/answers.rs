//! What the API answers, and what the client sees of it.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::support::{Recorder, Server, error, message, text};

const JSON: &str = "content-type: application/json; charset=utf-8";

fn calls(status: &str, headers: &[&str], body: impl AsRef<[u8]>, tool: &str) -> Value {
    let (api, base) = Recorder::tcp();
    api.answer(status, headers, body);
    let server = Server::start(&base, &[], &[]);
    server.call(
        tool,
        if tool == "getPet" {
            json!({"petId": 1})
        } else {
            json!({})
        },
    )
}

#[test]
fn an_object_is_structured_content_and_text() {
    let body = r#"{"name":"Rex","id":9007199254740993,"weight":1.10}"#;
    let result = calls("200 OK", &[JSON, "set-cookie: secret=1"], body, "getPet");
    assert_eq!(result["structuredContent"].to_string(), body);
    assert_eq!((text(&result), &result["isError"]), (body, &json!(false)));
    assert!(!result.to_string().contains("secret"));
}

#[test]
fn a_byte_order_mark_is_no_part_of_json() {
    let body = "\u{feff}{\"name\":\"Rex\"}";
    let result = calls("200 OK", &[JSON], body, "getPet");
    assert_eq!(result["structuredContent"], json!({"name": "Rex"}));
    assert_eq!(text(&result), r#"{"name":"Rex"}"#);
}

#[test]
fn what_says_that_it_is_json_and_is_not_is_a_success_with_a_warning() {
    let result = calls("200 OK", &[JSON], "done", "getPet");
    assert_eq!(result["isError"], false);
    assert_eq!(text(&result), "done");
    let warning = json!(["The answer says that it is JSON, and is not."]);
    assert_eq!(result["_meta"]["toolmill/warnings"], warning);
    // Control: nothing is wrong with a text that says that it is one.
    let result = calls("200 OK", &["content-type: text/plain"], "done", "getPet");
    assert_eq!(text(&result), "done");
    assert!(result["_meta"]["toolmill/warnings"].is_null(), "{result}");
}

#[test]
fn the_location_of_what_was_made_is_told() {
    let location = ["Location: /pets/7"];
    for (status, body, told) in [
        ("201 Created", "", true),
        ("202 Accepted", r#"{"name":"Rex"}"#, true),
        ("200 OK", "", false),
        ("400 Bad Request", "", false),
    ] {
        let result = calls(status, &location, body, "getPet");
        let content = result["content"].as_array().expect("a list");
        let last = content.last().expect("a text")["text"].as_str();
        assert_eq!(
            last == Some("Location: /pets/7"),
            told,
            "{status}: {result}"
        );
        assert_eq!(result.to_string().contains("/pets/7"), told, "{status}");
    }
}

#[test]
fn arrays_and_scalars_stand_below_result() {
    for (tool, body, structured) in [
        (
            "listPets",
            r#"[{"name":"Rex"}]"#,
            r#"{"result":[{"name":"Rex"}]}"#,
        ),
        (
            "listPets",
            r#"{"drifted":true}"#,
            r#"{"result":{"drifted":true}}"#,
        ),
        ("getPet", "[1]", r#"{"result":[1]}"#),
        ("getPet", "null", r#"{"result":null}"#),
        ("unsecured", "17", r#"{"result":17}"#),
    ] {
        let result = calls(
            "200 OK",
            &["content-type: application/vnd.x+json"],
            body,
            tool,
        );
        assert_eq!(
            result["structuredContent"].to_string(),
            structured,
            "{tool} {body}"
        );
        assert_eq!(text(&result), structured, "{tool} {body}");
    }
}

#[test]
fn no_content_is_a_success_that_says_so() {
    for (tool, structured) in [("getPet", json!({})), ("deletePet", Value::Null)] {
        let (api, base) = Recorder::tcp();
        api.answer_once("HTTP/1.1 204 No Content\r\n\r\n");
        let server = Server::start(&base, &[], &[]);
        let result = server.call(tool, json!({"petId": "1"}));
        assert_eq!(
            (text(&result), &result["isError"]),
            ("HTTP 204 No Content", &json!(false))
        );
        assert_eq!(result["structuredContent"], structured);
    }
    let result = calls("200 OK", &[JSON], "", "unsecured");
    assert_eq!(text(&result), "HTTP 200 OK");
}

#[test]
fn text_is_text_even_where_json_was_promised() {
    let result = calls(
        "200 OK",
        &["content-type: text/plain; charset=iso-8859-1"],
        b"caf\xe9",
        "unsecured",
    );
    assert_eq!(
        (text(&result), &result["structuredContent"]),
        ("café", &Value::Null)
    );
    let result = calls("200 OK", &[JSON], "<html>", "getPet");
    assert_eq!(text(&result), "<html>");
    assert_eq!(
        (&result["isError"], &result["structuredContent"]),
        (&json!(false), &json!({"result": "<html>"}))
    );
    let result = calls("200 OK", &[], r#"{"a":1}"#, "unsecured");
    assert_eq!(result["structuredContent"], json!({"a": 1}));
}

#[test]
fn images_audio_and_other_bytes_are_content() {
    let bytes = b"\x89PNG\x00\xff";
    let encoded = STANDARD.encode(bytes);
    let result = calls("200 OK", &["content-type: image/png"], bytes, "unsecured");
    assert_eq!(
        result["content"][0],
        json!({"type": "image", "data": encoded, "mimeType": "image/png"})
    );
    let result = calls("200 OK", &["content-type: audio/ogg"], bytes, "unsecured");
    assert_eq!(
        result["content"][0],
        json!({"type": "audio", "data": encoded, "mimeType": "audio/ogg"})
    );
    let result = calls(
        "200 OK",
        &["content-type: application/pdf"],
        bytes,
        "getPet",
    );
    let resource = &result["content"][0]["resource"];
    assert_eq!(
        (&resource["blob"], &resource["mimeType"]),
        (&json!(encoded), &json!("application/pdf"))
    );
    assert_eq!(result["structuredContent"], json!({}));
}

#[test]
fn refusals_are_errors_with_status_and_body() {
    let problem = "content-type: application/problem+json";
    let result = calls(
        "404 Not Found",
        &[problem, "set-cookie: a=b"],
        r#"{"title":"No such pet"}"#,
        "getPet",
    );
    assert_eq!(
        error(&result),
        "HTTP 404 Not Found\n\n{\"title\":\"No such pet\"}"
    );
    assert_eq!(result["structuredContent"], Value::Null);
    assert_eq!(result["_meta"]["toolmill/status"], 404);
    let result = calls("503 Slow Down", &["retry-after: 77"], "", "getPet");
    assert_eq!(result["_meta"]["toolmill/retryAfter"], 77);
    assert_eq!(
        error(&result),
        "HTTP 503 Service Unavailable\nRetry-After: 77"
    );
    let result = calls(
        "500 Oops",
        &["content-type: image/png"],
        b"\x89\xff",
        "getPet",
    );
    assert_eq!(
        error(&result),
        "HTTP 500 Internal Server Error\n\n(2 bytes of image/png)"
    );
}

#[test]
fn a_body_without_length_is_read_to_its_end() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    api.answer_once(format!(
        "{head}transfer-encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n"
    ));
    assert_eq!(
        server.call("unsecured", json!({}))["structuredContent"],
        json!({"result": [1, 2]})
    );
}

#[test]
fn answers_have_limits() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let largest = vec![b'x'; 10 * 1024 * 1024];
    api.answer_once(message("200 OK", &["content-type: text/plain"], &largest));
    let result = server.call("unsecured", json!({}));
    assert_eq!(text(&result).len(), 256 * 1024);
    assert_eq!(
        result["_meta"]["toolmill/truncated"]["bytes"],
        10 * 1024 * 1024
    );
    let larger = [largest.as_slice(), b"x"].concat();
    api.answer_once(message("200 OK", &["content-type: text/plain"], &larger));
    assert!(error(&server.call("unsecured", json!({}))).contains("larger than 10 MiB"));
    let head = format!("x: {}", "y".repeat(70_000));
    api.answer_once(message("200 OK", &[&head], b""));
    error(&server.call("unsecured", json!({})));
    let lines: Vec<String> = (0..101).map(|line| format!("x{line}: y")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    api.answer_once(message("200 OK", &lines, b""));
    error(&server.call("unsecured", json!({})));
    api.answer_once("nonsense\r\n\r\n");
    error(&server.call("unsecured", json!({})));
    api.answer_once(message("200 OK", &["content-encoding: gzip"], b"\x1f\x8b"));
    assert!(error(&server.call("unsecured", json!({}))).contains("gzip"));
    assert_ne!(server.call("unsecured", json!({}))["isError"], true);
}

#[test]
fn gzip_is_read_and_a_bomb_is_not() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let pack = |bytes: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(bytes).expect("packed");
        packed.finish().expect("packed")
    };
    let headers = ["content-encoding: gzip", JSON];
    api.answer_once(message("200 OK", &headers, &pack(br#"{"a":1}"#)));
    assert_eq!(
        server.call("unsecured", json!({}))["structuredContent"],
        json!({"a": 1})
    );
    let bomb = vec![b' '; 10 * 1024 * 1024 + 1];
    api.answer_once(message("200 OK", &headers, &pack(&bomb)));
    assert!(error(&server.call("unsecured", json!({}))).contains("larger than 10 MiB"));
    api.answer_once(message("200 OK", &headers, b"\x1f\x8bbroken"));
    assert!(error(&server.call("unsecured", json!({}))).contains("gzip"));
    let twice = ["content-encoding: gzip", "content-encoding: gzip"];
    api.answer_once(message("200 OK", &twice, &pack(&pack(b"{}"))));
    error(&server.call("unsecured", json!({})));
}

#[test]
fn hidden_characters_do_not_reach_the_client() {
    let result = calls(
        "200 OK",
        &[JSON],
        r#"{"a":"\u001b[31mred\u202e"}"#,
        "unsecured",
    );
    assert_eq!(result["structuredContent"], json!({"a": "[31mred"}));
    assert_eq!(text(&result), r#"{"a":"[31mred"}"#);
    // Nor as what comes first of a name that comes twice.
    let twice = "{\"a\": \"\u{202e}first\", \"b\": 1, \"a\": \"last\"}";
    let result = calls("200 OK", &[JSON], twice, "unsecured");
    assert_eq!(text(&result), r#"{"a":"last","b":1}"#);
    let result = calls(
        "500 Oops",
        &["content-type: text/plain"],
        "a\u{e0041}\u{1b}b",
        "unsecured",
    );
    assert!(error(&result).ends_with("\n\nab"), "{result}");
}
