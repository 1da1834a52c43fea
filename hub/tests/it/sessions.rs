//! Sessions of older clients.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use toolmill_core::{TokenHash, Users};

use crate::support::client::Client;
use crate::support::world::{Person, World};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

async fn initialize(client: &Client, version: &str) -> (String, Value) {
    let body = json!({"jsonrpc": "2.0", "id": "i", "method": "initialize", "params": {
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }});
    let answer = client.post(&[], body.to_string()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let session = answer.headers()["mcp-session-id"]
        .to_str()
        .expect("text")
        .to_owned();
    let answer: Value = answer.json().await.expect("JSON");
    (session, answer["result"].clone())
}

async fn ping(person: &Client, session: &str) -> StatusCode {
    person
        .post(&[("mcp-session-id", session)], PING)
        .await
        .status()
}

#[tokio::test]
async fn a_handshake_agrees_on_a_version() {
    let world = World::new().await;
    let ann = world.user("ann").await;
    for (asked, answered) in [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        ("2024-11-05", "2024-11-05"),
        ("2026-07-28", "2025-11-25"),
        ("1.0", "2025-11-25"),
    ] {
        let (_, result) = initialize(&ann.client, asked).await;
        assert_eq!(result["protocolVersion"], answered, "{asked}");
        assert_eq!(
            result["capabilities"],
            json!({"tools": {"listChanged": true}})
        );
        assert_eq!(result["serverInfo"]["name"], "toolmill");
        let instructions = result["instructions"].as_str().expect("text");
        assert!(instructions.contains("`_fields`"), "{instructions}");
        assert!(result["resultType"].is_null());
    }
}

#[tokio::test]
async fn a_session_is_its_users_and_its_tokens() {
    let world = World::new().await;
    let (ann, bob) = (world.user("ann").await, world.user("bob").await);
    let (session, _) = initialize(&ann.client, "2025-11-25").await;
    assert_eq!(ping(&ann.client, &session).await, StatusCode::OK);
    assert_eq!(ping(&bob.client, &session).await, StatusCode::NOT_FOUND);
    let other = Person {
        client: Client::new(&world.url, Some("another-token")),
        ..ann.clone()
    };
    let hash = TokenHash::of("another-token");
    world
        .store
        .put_token(&ann.ctx, &hash, "test")
        .await
        .expect("a token");
    assert_eq!(ping(&other.client, &session).await, StatusCode::NOT_FOUND);
    for forged in ["x", &session[1..], &format!("{session}x")] {
        assert_eq!(ping(&ann.client, forged).await, StatusCode::NOT_FOUND);
    }
    let stream = ann
        .client
        .request(Method::GET)
        .header("mcp-session-id", "x");
    let answer = stream.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_modern_era_knows_no_sessions() {
    let world = World::new().await;
    let ann = world.user("ann").await;
    let body = crate::support::client::modern_body("tools/list", json!({}), json!(1));
    let headers = [
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/list"),
        ("mcp-session-id", "whatever"),
    ];
    let answer = ann.client.post(&headers, body.to_string()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(!answer.headers().contains_key("mcp-session-id"));
}
