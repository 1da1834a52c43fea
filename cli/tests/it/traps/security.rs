//! Which credentials a request carries, and where they never show.

use serde_json::{Value, json};

use crate::support::recorder::{Answer, message};
use crate::support::served::{Api, Start, specification};

async fn with(credentials: Value) -> Api {
    let start = Start::of(specification("security"));
    start.credentials(credentials).start().await
}

#[tokio::test]
async fn trap_62_an_empty_requirement_sends_no_credential() {
    let api = with(json!({ "key": "s3cret", "token": "t0ken", "query": "qu3ry" })).await;
    let called = api.call("open", json!({})).await;
    let request = called.sends("GET /v1/open");
    assert_eq!(
        (request.header("x-key"), request.header("authorization")),
        (None, None)
    );
    let called = api.call("asUsual", json!({})).await;
    assert_eq!(
        called.sends("GET /v1/default").header("x-key"),
        Some("s3cret")
    );
}

#[tokio::test]
async fn trap_63_and_within_a_requirement_or_across_them() {
    let all = |credentials| async {
        let api = with(credentials).await;
        let called = api.call("bothOrToken", json!({})).await;
        let header = |name| called.request().header(name).map(str::to_owned);
        ["x-key", "x-app", "authorization"].map(header)
    };
    let some = |value: &str| Some(value.to_owned());
    let both = json!({ "key": "k", "app": "a", "token": "t" });
    assert_eq!(all(both).await, [some("k"), some("a"), None]);
    let half = json!({ "key": "k", "token": "t" });
    assert_eq!(all(half).await, [None, None, some("Bearer t")]);
}

#[tokio::test]
async fn trap_64_a_key_in_the_query_is_in_no_log_and_no_error() {
    let api = with(json!({ "query": "s3cret value" })).await;
    let hidden = |text: String| {
        for form in ["s3cret value", "s3cret%20value", "s3cret+value"] {
            assert!(!text.contains(form), "{text}");
        }
    };
    let called = api.call("inQuery", json!({})).await;
    called.sends("GET /v1/query?api_key=s3cret%20value");
    let echo = "no access for /v1/query?api_key=s3cret%20value";
    for answer in [
        Answer::Bytes(message(
            "401 Unauthorized",
            &["Content-Type: text/plain"],
            echo,
        )),
        Answer::Bytes(message(
            "302 Found",
            &["Location: https://other.example/?api_key=s3cret%20value"],
            "",
        )),
        Answer::Bytes(b"nonsense\r\n\r\n".to_vec()),
        Answer::Last(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ns3cre".to_vec()),
    ] {
        api.upstream.answers_with(answer);
        let called = api.call("inQuery", json!({})).await;
        called.fails(&[]);
        hidden(called.result.to_string());
    }
    hidden(api.server.log());
}
