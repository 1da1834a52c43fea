//! APIs that answer badly, slowly, or not at all.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::api::Api;
use crate::support::upstream::{Upstream, header};
use crate::support::world::{Person, World};

fn code(answer: &Value) -> &str {
    answer["headers"]["toolmill-broker-error"]
        .as_str()
        .unwrap_or("none")
}

async fn setting() -> (Upstream, World, Person) {
    let upstream = Upstream::start().await;
    let world = World::with(|config| {
        config.egress.answer = 1000;
        config.egress.headers = Duration::from_secs(1);
        config.egress.idle = Duration::from_secs(1);
    })
    .await;
    let ann = world.user_with("ann", &Api::at(&upstream.url(""))).await;
    (upstream, world, ann)
}

#[tokio::test]
async fn an_answer_has_a_largest_size() {
    let (upstream, _world, ann) = setting().await;
    let fetch = async |path: &str| ann.client.fetch(json!({"url": upstream.url(path)})).await;
    let whole = "x".repeat(1000);
    assert_eq!(fetch("/sized-1000").await["body"], whole);
    assert_eq!(code(&fetch("/sized-1001").await), "too-large");
    assert_eq!(fetch("/chunked-1000").await["body"], whole);
    // Its size is not known beforehand: it is cut, not shortened.
    assert_eq!(fetch("/chunked-1001").await["body"], Value::Null);
}

#[tokio::test]
async fn an_answer_has_a_largest_head() {
    let (upstream, _world, ann) = setting().await;
    let fetch = async |path: &str| ann.client.fetch(json!({"url": upstream.url(path)})).await;
    assert_eq!(fetch("/headers-99").await["status"], 200);
    assert_eq!(code(&fetch("/headers-100").await), "broken-off");
    assert_eq!(fetch("/head-60000").await["status"], 200);
    assert_eq!(code(&fetch("/head-66000").await), "broken-off");
}

#[tokio::test]
async fn an_answer_must_come_in_time() {
    let (upstream, _world, ann) = setting().await;
    let fetch = async |path: &str| ann.client.fetch(json!({"url": upstream.url(path)})).await;
    let late = fetch("/silent").await;
    assert_eq!((code(&late), &late["status"]), ("timeout", &json!(504)));
    let stalled = fetch("/stalls").await;
    assert_eq!(
        (&stalled["status"], &stalled["body"]),
        (&json!(200), &Value::Null)
    );
    assert_eq!(fetch("/pets").await["status"], 200);
}

#[tokio::test]
async fn redirects_are_answers() {
    let (upstream, _world, ann) = setting().await;
    let answer = ann
        .client
        .fetch(json!({"url": upstream.url("/redirect")}))
        .await;
    assert_eq!(answer["status"], 302);
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn an_api_sets_no_cookies_and_speaks_for_itself() {
    let (upstream, _world, ann) = setting().await;
    let answer = ann
        .client
        .fetch(json!({"url": upstream.url("/cookies")}))
        .await;
    let headers = answer["headers"].as_object().expect("an object");
    assert_eq!(headers["x-kept"], "1");
    for name in ["set-cookie", "www-authenticate", "toolmill-broker-error"] {
        assert!(!headers.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_told() {
    let (upstream, _world, ann) = setting().await;
    let answer = ann
        .client
        .fetch(json!({"url": upstream.url("/garbage")}))
        .await;
    assert_eq!(
        (code(&answer), &answer["status"]),
        ("broken-off", &json!(502))
    );
}

#[tokio::test]
async fn an_api_that_is_not_there_is_told() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let ann = world.user_with("ann", &Api::at(&url)).await;
    let answer = ann
        .client
        .fetch(json!({"url": format!("{url}/pets?key=SECRET")}))
        .await;
    assert_eq!(
        (code(&answer), &answer["status"]),
        ("unreachable", &json!(502))
    );
    assert!(!answer.to_string().contains("SECRET"));
    let bob = world
        .user_with("bob", &Api::at("http://no-such-host.invalid"))
        .await;
    let answer = bob
        .client
        .fetch(json!({"url": "http://no-such-host.invalid/pets"}))
        .await;
    assert_eq!(code(&answer), "unreachable");
}

#[tokio::test]
async fn https_needs_a_trusted_certificate_of_that_name() {
    let (upstream, certificate) = Upstream::secure("localhost").await;
    let port = upstream.port;
    let fetch = async |trusted: Vec<Vec<u8>>, host: &str| {
        let world = World::with(|config| config.further_roots = trusted).await;
        let url = format!("https://{host}:{port}");
        let ann = world.user_with("ann", &Api::at(&url)).await;
        ann.client
            .fetch(json!({"url": format!("{url}/pets")}))
            .await
    };
    assert_eq!(code(&fetch(vec![], "localhost").await), "tls");
    assert_eq!(
        code(&fetch(vec![certificate.clone()], "127.0.0.1").await),
        "tls"
    );
    assert!(upstream.requests().is_empty());
    let answer = fetch(vec![certificate], "localhost").await;
    assert_eq!(answer["status"], 200, "{answer}");
    assert_eq!(
        header(&upstream.last(), "host"),
        [format!("localhost:{port}")]
    );
}

#[tokio::test]
async fn an_api_that_speaks_no_tls_gets_no_request() {
    let upstream = Upstream::start().await;
    let world = World::with(|config| config.egress.tls = Duration::from_millis(300)).await;
    let url = format!("https://127.0.0.1:{}", upstream.port);
    let ann = world.user_with("ann", &Api::at(&url)).await;
    // It waits for the end of a head that is a TLS hello.
    let answer = ann
        .client
        .fetch(json!({"url": format!("{url}/pets")}))
        .await;
    assert!(matches!(code(&answer), "tls" | "timeout"), "{answer}");
    assert!(upstream.requests().is_empty());
}
