//! What an operator may set otherwise, just below and just above.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::StatusCode;
use rustix::net::{AddressFamily, SocketType, bind, connect, getsockname, listen, socket};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use toolmill_hub::HubConfig;

use crate::support::api::{Api, Tool};
use crate::support::client::modern_body;
use crate::support::upstream::Upstream;
use crate::support::world::World;

/// What the broker's refusal says, beside its code.
fn told(answer: &Value) -> (String, String) {
    let code = &answer["headers"]["toolmill-broker-error"];
    (
        code.as_str().unwrap_or("none").to_owned(),
        answer["body"].to_string(),
    )
}

/// What comes of a request to an API that is reached at `url`.
async fn asked(url: String, change: impl FnOnce(&mut HubConfig)) -> (String, String) {
    let world = World::with(change).await;
    let ann = world.user_with("ann", &Api::at(&url)).await;
    told(&ann.client.fetch(json!({"url": format!("{url}/a")})).await)
}

fn is_late(told: &(String, String), step: &str) {
    assert_eq!(told.0, "timeout", "{told:?}");
    assert!(told.1.contains(step), "no `{step}` in {told:?}");
}

#[tokio::test]
async fn a_message_has_a_largest_size() {
    let world = World::with(|config| config.message = 1000).await;
    let ann = world.user("ann").await;
    let headers = [
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/list"),
    ];
    let body = modern_body("tools/list", json!({}), json!(1)).to_string();
    for (length, status) in [
        (1000, StatusCode::OK),
        (1001, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let padding = " ".repeat(length - body.len());
        let answer = ann.client.post(&headers, format!("{body}{padding}")).await;
        assert_eq!(answer.status(), status, "{length}");
    }
}

#[tokio::test]
async fn a_page_is_as_long_as_set() {
    let tools = async |change: fn(&mut HubConfig), count: usize| {
        let world = World::with(change).await;
        let mut api = Api::at("http://127.0.0.1:1");
        api.tools = (0..count)
            .map(|n| Tool::named(&format!("tool{n}")))
            .collect();
        let ann = world.user_with("ann", &api).await;
        let (_, page) = ann.client.modern("tools/list", json!({})).await;
        let result = &page["result"];
        let listed = result["tools"].as_array().map_or(0, Vec::len);
        (listed, result["nextCursor"].is_string())
    };
    assert_eq!(tools(|config| config.page.tools = 2, 2).await, (2, false));
    assert_eq!(tools(|config| config.page.tools = 2, 3).await, (2, true));
    assert_eq!(tools(|config| config.page.bytes = 1, 1).await, (1, false));
    assert_eq!(tools(|config| config.page.bytes = 1, 2).await, (1, true));
}

#[tokio::test]
async fn an_api_must_accept_in_time() {
    let (address, _queue) = full_queue();
    let late = asked(format!("http://{address}"), |config| {
        config.egress.connect = Duration::from_millis(300);
    });
    is_late(&late.await, "accept a connection");
}

#[tokio::test]
async fn an_api_must_set_up_tls_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        // It reads the greeting, and never answers it.
        while stream.read_u8().await.is_ok() {}
    });
    let late = asked(format!("https://{address}"), |config| {
        config.egress.tls = Duration::from_millis(300);
    });
    is_late(&late.await, "set up a secure connection");
}

#[tokio::test]
async fn an_exchange_must_end_in_time() {
    let upstream = Upstream::start().await;
    let url = upstream.url("");
    let world = World::with(|config| config.egress.total = Duration::from_millis(300)).await;
    let ann = world.user_with("ann", &Api::at(&url)).await;
    let fetch = async |path: &str| {
        let answer = ann.client.fetch(json!({"url": upstream.url(path)})).await;
        (answer["status"].clone(), told(&answer))
    };
    assert_eq!(fetch("/a").await.0, 200);
    is_late(&fetch("/silent").await.1, "answer");
}

/// A listener that accepts no more connections: its queue is full.
fn full_queue() -> (SocketAddr, Vec<std::os::fd::OwnedFd>) {
    let tcp = || socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    let any: SocketAddr = ([127, 0, 0, 1], 0).into();
    let listener = tcp();
    bind(&listener, &any).expect("a port");
    listen(&listener, 0).expect("a listener");
    let address = getsockname(&listener).expect("an address");
    let address = SocketAddr::try_from(address).expect("TCP");
    let first = tcp();
    connect(&first, &address).expect("one has room");
    (address, vec![listener, first])
}
