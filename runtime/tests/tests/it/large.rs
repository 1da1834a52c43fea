//! Answers that are larger than a model is shown at a time.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::support::{Recorder, Server, error, text};

const SHOWN: usize = 256 * 1024;

#[test]
fn a_large_answer_keeps_its_shape_and_is_read_on() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let items: Vec<_> = (0..6_000)
        .map(|id| json!({"id": id, "name": "\"quoted\" ".repeat(9)}))
        .collect();
    let whole = json!({"total": 6_000, "items": items, "last": true});
    api.answer(
        "200 OK",
        &["content-type: application/json"],
        whole.to_string(),
    );
    let (mut seen, mut from, mut calls) = (Vec::new(), Value::Null, 0);
    loop {
        let result = server.call("unsecured", json!({ "_from": from }));
        calls += 1;
        // A common client takes no more than 1 MiB in one message.
        assert!(result.to_string().len() < 1024 * 1024);
        let shown = &result["structuredContent"];
        assert!(shown.to_string().len() <= SHOWN);
        assert_eq!(shown.to_string(), text(&result));
        assert_eq!(
            (&shown["total"], &shown["last"]),
            (&json!(6_000), &json!(true))
        );
        seen.extend_from_slice(shown["items"].as_array().expect("a list"));
        let truncated = &result["_meta"]["toolmill/truncated"];
        if truncated.is_null() {
            break;
        }
        from = truncated["cuts"][0]["rest"]["_from"].clone();
        let said = result["content"][1]["text"].as_str().expect("a note");
        assert!(
            said.contains(&from.to_string()) && said.contains("6000 items"),
            "{said}"
        );
        assert!(said.contains("`_fields`"), "{said}");
    }
    assert_eq!(Value::Array(seen), whole["items"]);
    assert!(calls > 2);
    assert_eq!(api.take().len(), calls);
}

/// A server has 64 MiB where an instance runs it, and a value takes many times its text.
#[test]
fn the_largest_answers_fit_into_a_server() {
    let (api, base) = Recorder::tcp();
    let usual = r#"{"id":123456,"name":"Some name","email":"a@example.com","tags":["a","b"],"price":12.50}"#;
    for (item, place) in [
        ("1", ""),
        ("{\"a\":1}", ""),
        ("[[[]]]", "/items"),
        (usual, "/items"),
    ] {
        let count = (10 * 1024 * 1024 - 100) / (item.len() + 1);
        let list = format!("[{}]", vec![item; count].join(","));
        let body = match place {
            "" => list,
            _ => format!("{{\"total\":{count},\"items\":{list}}}"),
        };
        let server = Server::start(&base, &[], &[]);
        api.answer("200 OK", &["content-type: application/json"], body);
        let near_end = count - 2;
        for from in [Value::Null, json!(format!("{place}:{near_end}"))] {
            let result = server.call("unsecured", json!({ "_from": from }));
            let shown = &result["structuredContent"];
            let list = if place.is_empty() { "result" } else { "items" };
            let length = shown[list].as_array().expect("a list").len();
            let cut = &result["_meta"]["toolmill/truncated"]["cuts"][0];
            match from {
                Value::Null => {
                    assert_eq!((&cut["shown"], &cut["of"]), (&json!(length), &json!(count)))
                }
                _ => assert_eq!((length, cut), (2, &Value::Null)),
            }
        }
        assert!(server.peak() < 64 * 1024, "{item}: {} KiB", server.peak());
    }
}

#[test]
fn an_answer_that_is_all_structure_is_an_error() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let mut body = "1".to_owned();
    for _ in 0..3 {
        let members: Vec<_> = (0..60).map(|n| format!("\"{n}\":{body}")).collect();
        body = format!("{{{}}}", members.join(","));
    }
    api.answer("200 OK", &["content-type: application/json"], body);
    let result = server.call("unsecured", json!({}));
    assert!(error(&result).contains("more values than"), "{result}");
    assert!(server.peak() < 64 * 1024, "{} KiB", server.peak());
    let result = server.call("unsecured", json!({"_fields": ["7.8"]}));
    assert_eq!(result["structuredContent"]["7"]["8"]["59"], 1);
}

#[test]
fn just_below_the_limit_nothing_is_cut() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for (length, is_cut) in [(SHOWN - 2, false), (SHOWN - 1, true)] {
        let body = format!("\"{}\"", "x".repeat(length));
        api.answer("200 OK", &["content-type: application/json"], body);
        let result = server.call("unsecured", json!({}));
        assert_eq!(!result["_meta"]["toolmill/truncated"].is_null(), is_cut);
    }
}

#[test]
fn a_large_text_is_read_on() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let whole = "é".repeat(200_000);
    api.answer("200 OK", &["content-type: text/plain"], &whole);
    let first = server.call("unsecured", json!({}));
    let from = &first["_meta"]["toolmill/truncated"]["cuts"][0]["rest"]["_from"];
    let second = server.call("unsecured", json!({ "_from": from }));
    assert_eq!(format!("{}{}", text(&first), text(&second)), whole);
    assert_eq!(second["_meta"]["toolmill/truncated"], Value::Null);
    let said = first["content"][1]["text"].as_str().expect("a note");
    assert!(said.contains(": it ends after"), "{said}");
    assert!(
        !said.contains("`_fields`"),
        "a text has no properties: {said}"
    );
}

#[test]
fn large_bytes_come_in_pieces() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let whole: Vec<u8> = (0..800_000_u32).map(|n| (n % 251) as u8).collect();
    for media_type in ["content-type: application/zip", "content-type: image/png"] {
        api.answer("200 OK", &[media_type], &whole);
        let (mut seen, mut from) = (Vec::new(), Value::Null);
        loop {
            let result = server.call("unsecured", json!({ "_from": from }));
            let blob = result["content"][0]["resource"]["blob"]
                .as_str()
                .expect("a blob");
            seen.extend(STANDARD.decode(blob).expect("base64"));
            from = result["_meta"]["toolmill/truncated"]["cuts"][0]["rest"]["_from"].clone();
            if from.is_null() {
                break;
            }
        }
        assert!(seen == whole, "{media_type}");
    }
    api.answer("200 OK", &["content-type: image/png"], &whole[..700_000]);
    let result = server.call("unsecured", json!({}));
    assert_eq!(result["content"][0]["type"], "image");
}

#[test]
fn a_large_answer_to_what_may_not_be_repeated_says_so() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let body = json!(vec!["x".repeat(100); 6_000]).to_string();
    api.answer("200 OK", &["content-type: application/json"], body);
    let result = server.call("addPet", json!({"name": "Rex"}));
    let said = result["content"][1]["text"].as_str().expect("a note");
    assert!(
        said.contains("repeat a request") && said.contains("_fields"),
        "{said}"
    );
    assert_eq!(
        result["_meta"]["toolmill/truncated"]["cuts"][0]["rest"],
        Value::Null
    );
    api.take();
    error(&server.call("addPet", json!({"name": "Rex", "_from": ":5"})));
    assert!(api.take().is_empty());
    let result = server.call("unsecured", json!({"_from": "/nowhere:5"}));
    assert!(error(&result).contains("nothing to read on"), "{result}");
}

#[test]
fn a_large_refusal_is_cut() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    api.answer(
        "500 Oops",
        &["content-type: text/html"],
        "x".repeat(100_000),
    );
    let result = server.call("unsecured", json!({}));
    let said = error(&result);
    assert!(
        said.len() < 33_000 && said.ends_with("(100000 bytes in all)"),
        "{}",
        said.len()
    );
}
