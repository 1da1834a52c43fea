//! Arguments that want to be more than a value.

use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::{TWICE, api, file, says, sends};
use crate::support::served::{Start, calling, calling_as_before, post_plainly, specification};

#[tokio::test]
async fn r01_a_path_value_stays_one_segment() {
    let api = api().await;
    for (name, segment) in [
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        (";x=y", "%3Bx%3Dy"),
        ("\u{ff0f}", "%EF%BC%8F"),
    ] {
        let called = api.call("getFile", file("name", name)).await;
        called.sends(&format!("GET /v1/users/7/files/{segment}"));
    }
    for name in ["../../admin", "..%2f..%2fadmin", "%2e%2e%2f", ".", "..", ""] {
        let called = api.call("getFile", file("name", name)).await;
        called.refused(&["`name`"]);
    }
}

#[tokio::test]
async fn r02_a_path_value_changes_neither_host_nor_query() {
    let api = api().await;
    let host = api.upstream.origin.replace("http://", "");
    for (name, segment) in [
        ("?admin=true#f", "%3Fadmin%3Dtrue%23f"),
        ("@evil.test", "%40evil.test"),
        ("//evil.test", "%2F%2Fevil.test"),
    ] {
        let called = api.call("getFile", file("name", name)).await;
        let request = called.sends(&format!("GET /v1/users/7/files/{segment}"));
        assert_eq!(request.header("host"), Some(host.as_str()));
    }
}

#[tokio::test]
async fn r03_a_query_value_stays_one_value() {
    let api = api().await;
    for (value, encoded) in [
        ("a&admin=true", "a%26admin%3Dtrue"),
        ("a#b", "a%23b"),
        ("a%00b", "a%2500b"),
        ("a\r\nb\0", "a%0D%0Ab%00"),
    ] {
        let called = api.call("getFile", file("q", value)).await;
        called.sends(&format!("GET /v1/users/7/files/a.txt?q={encoded}"));
    }
}

#[tokio::test]
async fn r04_a_header_value_stays_one_header() {
    let api = api().await;
    let long = "x".repeat(16 * 1024);
    for value in ["v\r\nX-Evil: 1", "v\nHost: x", "\0", "é", &long] {
        let called = api.call("getFile", file("X-Trace", value)).await;
        called.refused(&["`X-Trace`"]);
    }
    assert_eq!(api.upstream.connections(), 0, "nothing was dialled");
    let called = api.call("getFile", file("X-Trace", "v; w")).await;
    assert_eq!(called.request().header("x-trace"), Some("v; w"));
}

#[tokio::test]
async fn r05_a_cookie_value_stays_one_cookie() {
    let api = api().await;
    for (value, cookie) in [
        ("a; admin=1", "sid=a%3B%20admin=1"),
        ("a,b", "sid=a%2Cb"),
        ("a\r\n", "sid=a%0D%0A"),
    ] {
        let called = api.call("getFile", file("sid", value)).await;
        assert_eq!(called.request().header("cookie"), Some(cookie));
    }
}

#[tokio::test]
async fn r06_what_does_not_fit_the_schema_is_never_sent() {
    let api = api().await;
    for (name, value) in [
        ("extra", json!(1)),
        ("a", json!(5)),
        ("n", json!("five")),
        ("n", json!(1.5)),
        ("a", json!("x".repeat(11))),
    ] {
        let mut arguments = file("a", "x");
        arguments[name] = value;
        api.call("putFile", arguments).await.refused(&["arguments"]);
    }
    let whole = calling("putFile", &file("a", "REPLACED"));
    let with = |text: &str| whole.replace("\"REPLACED\"", text);
    let deep = format!("{}1{}", "[".repeat(1_000), "]".repeat(1_000));
    for text in [
        format!("\"{}\"", "x".repeat(10 << 20)),
        format!("\"x\",\"any\":{deep}"),
        "NaN".to_owned(),
    ] {
        let (status, answer) = api.post("putFile", with(&text)).await;
        let shown: String = text.chars().take(40).collect();
        assert!((400..500).contains(&status), "{shown}: {status} {answer}");
    }
    assert!(api.upstream.take().is_empty());
    // Control: the same message with a fitting value is a call.
    let (status, answer) = api.post("putFile", with("\"x\"")).await;
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!((status, &answer["result"]["isError"]), (200, &json!(false)));
    assert_eq!(api.upstream.take().len(), 1);
}

#[tokio::test]
async fn r06_arguments_that_say_something_twice_are_never_sent() {
    let api = api().await;
    for (arguments, twice) in TWICE {
        let written = |message: String| message.replace("\"HERE\"", arguments);
        let modern = written(calling("putFile", &json!("HERE")));
        let (_, answer) = api.post("putFile", modern).await;
        says(&serde_json::from_str(&answer).expect("JSON"), twice);
        let before = written(calling_as_before("putFile", &json!("HERE")));
        let (_, answer) = post_plainly(&api.server.url, "unused", &[], before).await;
        says(&serde_json::from_str(&answer).expect("JSON"), twice);
        sends(&api.upstream, twice, 2);
    }
    let good = calling("putFile", &file("a", "x"));
    for member in ["\"name\":", "\"arguments\":"] {
        let bad = good.replacen(member, &format!("{member}null,{member}"), 1);
        let (status, answer) = api.post("putFile", bad).await;
        assert_eq!(status, 400, "{answer}");
        assert!(answer.contains("twice"), "{answer}");
    }
    assert!(api.upstream.take().is_empty());
}

#[tokio::test]
async fn r06_over_stdio_arguments_that_say_something_twice_are_never_sent() {
    let api = api().await;
    for (arguments, twice) in TWICE {
        let message = calling("putFile", &json!("HERE")).replace("\"HERE\"", arguments);
        let origin = api.upstream.origin.clone();
        let start = Start::of(specification("hostile"));
        let asking = spawn_blocking(move || start.over_stdio(&origin, &message));
        says(&asking.await.expect("an answer"), twice);
        sends(&api.upstream, twice, 1);
    }
}
