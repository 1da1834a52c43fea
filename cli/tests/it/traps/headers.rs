//! Header and cookie parameters.

use serde_json::json;

use crate::support::served::{Api, Start, specification};

#[tokio::test]
async fn trap_29_a_list_in_a_header_has_commas() {
    let api = Api::of("headers").await;
    let called = api.call("headers", json!({ "X-Ids": ["x", "y"] })).await;
    assert_eq!(called.request().header("x-ids"), Some("x,y"));
}

#[tokio::test]
async fn trap_30_reserved_headers_are_no_arguments() {
    let api = Api::of("headers").await;
    let schema = &api.tool("headers")["inputSchema"];
    let names: Vec<_> = schema["properties"]
        .as_object()
        .expect("properties")
        .keys()
        .collect();
    assert_eq!(names, ["X-Ids", "X-Note"]);
    assert!(schema["required"].is_null(), "{schema}");
    let called = api
        .call("headers", json!({ "Authorization": "mine" }))
        .await;
    called.refused(&["Authorization"]);
    let called = api.call("headers", json!({})).await;
    let request = called.request();
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("content-type"), None);
    assert_eq!(request.all("accept").len(), 1);
}

#[tokio::test]
async fn trap_31_a_line_break_in_a_header_is_a_clear_error() {
    let api = Api::of("headers").await;
    for value in ["a\r\nX-Inj: 1", "a\nX-Inj: 1", "a\r", "a\0"] {
        let called = api.call("headers", json!({ "X-Note": value })).await;
        called.refused(&["`X-Note`", "one line"]);
    }
    let called = api.call("headers", json!({ "X-Note": "a b" })).await;
    assert_eq!(called.request().header("x-note"), Some("a b"));
}

#[tokio::test]
async fn trap_32_a_cookie_goes_into_the_cookie_header() {
    let api = Api::of("headers").await;
    let called = api.call("cookies", json!({ "theme": "dark" })).await;
    let request = called.sends("GET /v1/cookies");
    assert_eq!(request.header("cookie"), Some("theme=dark"));
}

#[tokio::test]
async fn trap_33_a_cookie_value_begins_no_other_cookie() {
    let api = Api::of("headers").await;
    let called = api
        .call("cookies", json!({ "theme": "s1;evil=1\r\n" }))
        .await;
    assert_eq!(
        called.request().header("cookie"),
        Some("theme=s1%3Bevil=1%0D%0A")
    );
}

#[tokio::test]
async fn trap_34_credential_and_arguments_share_one_cookie_header() {
    let start = Start::of(specification("headers"));
    let api = start
        .credentials(json!({ "session": "s3cret" }))
        .start()
        .await;
    let called = api
        .call("signedIn", json!({ "theme": "dark", "lang": "de" }))
        .await;
    let cookies = called.request().header("cookie").expect("one header");
    let mut cookies: Vec<_> = cookies.split("; ").collect();
    cookies.sort_unstable();
    assert_eq!(cookies, ["SESSION=s3cret", "lang=de", "theme=dark"]);
}
