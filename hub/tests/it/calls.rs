//! Calls and the servers behind them.

use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use toolmill_core::{Endpoint, Mounts, Outcome, ServerKey};

use crate::support::api::Api;
use crate::support::puppet::Puppet;
use crate::support::world::{Person, World};

async fn setting() -> (World, Person) {
    let world = World::with(|config| config.call_within = Duration::from_secs(5)).await;
    let ann = world.user_with("ann", &Api::at("http://127.0.0.1:1")).await;
    (world, ann)
}

async fn key(world: &World, person: &Person) -> ServerKey {
    let slug = "pets".parse().expect("a slug");
    let route = world.store.tool_route(&person.ctx, &slug, "fetch").await;
    route.expect("a route").deployment.key
}

fn text(result: &Value) -> &str {
    assert_eq!(result["isError"], true, "{result}");
    result["content"][0]["text"].as_str().expect("text")
}

#[tokio::test]
async fn a_server_gets_the_arguments_as_they_came() {
    let (_world, ann) = setting().await;
    let body = r#"{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"pets__mirror","_meta":{
        "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"sampling":{}},
        "progressToken":7,"traceparent":"00-1-2-01"},"arguments":{"b" : 1e400,"a":12345678901234567890}}}"#;
    let headers = [
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/call"),
        ("mcp-name", "pets__mirror"),
    ];
    let answer: Value = ann
        .client
        .post(&headers, body)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(answer["id"], "x");
    let seen = &answer["result"]["structuredContent"];
    let sent = seen["body"].as_str().expect("text");
    assert!(
        sent.ends_with(r#","arguments":{"b" : 1e400,"a":12345678901234567890}}}"#),
        "{sent}"
    );
    let sent = sent.replace("1e400", "1");
    let sent: Value = serde_json::from_str(&sent).expect("JSON");
    assert_eq!(sent["params"]["name"], "mirror");
    let meta = &sent["params"]["_meta"];
    assert_eq!(
        meta["io.modelcontextprotocol/protocolVersion"],
        "2026-07-28"
    );
    assert_eq!(
        meta["io.modelcontextprotocol/clientCapabilities"],
        json!({})
    );
    assert_eq!(meta["traceparent"], "00-1-2-01");
    assert!(meta["progressToken"].is_null());
    let headers = &seen["headers"];
    for (name, value) in [
        ("host", "localhost"),
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/call"),
        ("mcp-name", "mirror"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(headers[name], value);
    }
    assert!(
        headers["authorization"].is_null(),
        "the client's token stays here"
    );
    assert!(!seen.to_string().contains(&ann.token));
}

#[tokio::test]
async fn answers_pass_as_they_are() {
    let (_world, ann) = setting().await;
    let raw = async |body: &str| {
        let params = json!({"name": "pets__raw", "arguments": {"body": body}});
        let modern = ann.client.modern("tools/call", params.clone()).await;
        (modern.1, ann.client.legacy("tools/call", params).await.1)
    };
    let answer = r#"{"id":99,"jsonrpc":"2.0","result":{"content":[],"resultType":"complete","x":{"n":12345678901234567890},"ttlMs":5}}"#;
    let (modern, legacy) = raw(answer).await;
    assert_eq!(modern["id"], 1);
    assert_eq!(
        modern["result"].to_string(),
        r#"{"content":[],"resultType":"complete","x":{"n":12345678901234567890},"ttlMs":5}"#
    );
    assert_eq!(
        legacy["result"].to_string(),
        r#"{"content":[],"x":{"n":12345678901234567890}}"#
    );
    let error = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no","data":[1]}}"#;
    let (modern, _) = raw(error).await;
    assert_eq!(
        modern["error"],
        json!({"code": -32602, "message": "no", "data": [1]})
    );
    for broken in [
        "",
        "[]",
        "nonsense",
        r#"{"result":{},"result":{}}"#,
        r#"{"error":{"code":-32020}}"#,
    ] {
        let (modern, legacy) = raw(broken).await;
        assert!(
            text(&modern["result"]).contains("cannot be used"),
            "{modern}"
        );
        assert!(legacy["result"]["resultType"].is_null());
    }
}

#[tokio::test]
async fn what_is_not_a_tool_is_told() {
    let (world, ann) = setting().await;
    let long = "x".repeat(100_000);
    for name in [
        "pets__absent",
        "pets",
        "__",
        ".",
        "none__fetch",
        "pets__FETCH",
        "",
        &long,
    ] {
        let params = json!({"name": name, "arguments": {}});
        let body = crate::support::client::modern_body("tools/call", params.clone(), json!(1));
        let (status, answer) = if name.len() < 1000 {
            ann.client.modern("tools/call", params).await
        } else {
            let answer = ann
                .client
                .legacy("tools/call", body["params"].clone())
                .await;
            assert_eq!(answer.1["error"]["code"], -32020, "a header is missing");
            continue;
        };
        assert_eq!(status, StatusCode::OK);
        assert_eq!(answer["error"]["code"], -32602, "{name}");
        assert!(answer.to_string().len() < 1000);
    }
    for params in [
        json!({}),
        json!({"name": 7}),
        json!({"name": "pets__fetch", "arguments": []}),
    ] {
        let (_, answer) = ann.client.legacy("tools/call", params).await;
        assert_eq!(answer["error"]["code"], -32602);
    }
    assert!(!world.servers.is_running());
}

#[tokio::test]
async fn a_server_that_dies_is_told() {
    let (_world, ann) = setting().await;
    let result = ann.client.call("pets__die", json!({})).await;
    assert!(text(&result).contains("pets"), "{result}");
    // The next call is not harmed.
    let result = ann.client.call("pets__mirror", json!({})).await;
    assert_eq!(result["isError"], false);
}

#[tokio::test]
async fn a_connection_that_breaks_is_told() {
    let (world, ann) = setting().await;
    let folder = tempfile::tempdir().expect("a folder");
    let listener = tokio::net::UnixListener::bind(folder.path().join("s")).expect("a socket");
    world
        .servers
        .prepare(&key(&world, &ann).await, endpoint(folder.path(), 0));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut part = [0; 100];
            tokio::io::AsyncReadExt::read(&mut stream, &mut part)
                .await
                .ok();
        }
    });
    let result = ann.client.call("pets__mirror", json!({})).await;
    assert!(text(&result).contains("ended during the call"), "{result}");
}

fn endpoint(folder: &Path, other_owner: u32) -> Endpoint {
    let owner = std::fs::metadata(folder).expect("a folder").uid();
    Endpoint::Unix {
        folder: folder.to_owned(),
        name: "s",
        owner: owner + other_owner,
    }
}

fn puppet(folder: &TempDir) -> Puppet {
    Puppet::start(&folder.path().join("s"), folder.path().join("none"))
}

#[tokio::test]
async fn a_link_in_place_of_a_socket_is_not_followed() {
    let (world, ann) = setting().await;
    let key = key(&world, &ann).await;
    let (outside, inside) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let victim = puppet(&outside);
    symlink(outside.path().join("s"), inside.path().join("s")).expect("a link");
    world.servers.prepare(&key, endpoint(inside.path(), 0));
    let result = ann.client.call("pets__mirror", json!({})).await;
    assert!(
        text(&result).contains("not a socket of its own"),
        "{result}"
    );
    assert!(victim.grants.lock().expect("no panic").is_empty());
    // The folder may be no link either.
    let link = inside.path().join("folder");
    symlink(outside.path(), &link).expect("a link");
    world.servers.prepare(&key, endpoint(&link, 0));
    let result = ann.client.call("pets__mirror", json!({})).await;
    assert_eq!(result["isError"], true);
    assert!(victim.grants.lock().expect("no panic").is_empty());
    // The positive control: the same socket, named as it is.
    world.servers.prepare(&key, endpoint(outside.path(), 0));
    let result = ann.client.call("pets__mirror", json!({})).await;
    assert_eq!(result["isError"], false);
}

#[tokio::test]
async fn a_socket_of_another_user_or_kind_is_not_used() {
    let (world, ann) = setting().await;
    let key = key(&world, &ann).await;
    let folder = tempfile::tempdir().expect("a folder");
    let server = puppet(&folder);
    world.servers.prepare(&key, endpoint(folder.path(), 1));
    let result = ann.client.call("pets__mirror", json!({})).await;
    assert!(
        text(&result).contains("not a socket of its own"),
        "{result}"
    );
    assert!(server.grants.lock().expect("no panic").is_empty());
    let other = tempfile::tempdir().expect("a folder");
    std::fs::write(other.path().join("s"), "").expect("a file");
    world.servers.prepare(&key, endpoint(other.path(), 0));
    let result = ann.client.call("pets__mirror", json!({})).await;
    assert!(
        text(&result).contains("not a socket of its own"),
        "{result}"
    );
}

#[tokio::test]
async fn a_server_is_waited_for() {
    let (world, ann) = setting().await;
    let folder = tempfile::tempdir().expect("a folder");
    // First nothing is there, then what a dead process left, then the server.
    world
        .servers
        .prepare(&key(&world, &ann).await, endpoint(folder.path(), 0));
    let call = tokio::spawn({
        let client = ann.client.clone();
        async move { client.call("pets__mirror", json!({})).await }
    });
    tokio::task::yield_now().await;
    let socket = folder.path().join("s");
    drop(std::os::unix::net::UnixListener::bind(&socket).expect("a socket"));
    tokio::task::yield_now().await;
    std::fs::remove_file(&socket).expect("a socket");
    let _server = puppet(&folder);
    assert_eq!(call.await.expect("no panic")["isError"], false);
}

#[tokio::test]
async fn a_server_that_does_not_run_is_started_again() {
    let (world, ann) = setting().await;
    let key = key(&world, &ann).await;
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("s");
    drop(std::os::unix::net::UnixListener::bind(&socket).expect("a socket"));
    world.servers.prepare(&key, endpoint(folder.path(), 0));
    let result = ann.client.call("pets__mirror", json!({})).await;
    assert_eq!(result["isError"], false);
    assert!(world.servers.is_running());
}

#[tokio::test]
async fn a_call_has_an_end() {
    let world = World::with(|config| config.call_within = Duration::from_secs(1)).await;
    let ann = world.user_with("ann", &Api::at("http://127.0.0.1:1")).await;
    let result = ann.client.call("pets__hang", json!({})).await;
    assert!(
        text(&result).contains("did not answer within 1 s"),
        "{result}"
    );
    world.servers.only().cancelled.notified().await;
}

#[tokio::test]
async fn a_client_that_goes_ends_its_call() {
    let (world, ann) = setting().await;
    ann.client.call("pets__mirror", json!({})).await;
    let server = world.servers.only();
    let call = tokio::spawn({
        let client = ann.client.clone();
        async move { client.call("pets__hang", json!({})).await }
    });
    server.hanging.notified().await;
    call.abort();
    server.cancelled.notified().await;
    let log = world.audit(&ann).await;
    assert_eq!(log[0].detail, "cancelled");
}

#[tokio::test]
async fn calls_are_in_the_audit_log() {
    let (world, ann) = setting().await;
    ann.client
        .call("pets__mirror", json!({"secret": "ARGUMENT"}))
        .await;
    ann.client
        .call("pets.fetch", json!({"url": "http://127.0.0.1:1/"}))
        .await;
    ann.client.call("pets__die", json!({})).await;
    let log = world.audit(&ann).await;
    let lines: Vec<_> = log
        .iter()
        .rev()
        .filter(|entry| entry.action == "call")
        .map(|entry| (&*entry.subject, entry.outcome, &*entry.detail))
        .collect();
    assert_eq!(
        lines,
        [
            ("pets__mirror", Outcome::Ok, ""),
            ("pets__fetch", Outcome::Error, "tool error"),
            ("pets__die", Outcome::Error, "unusable answer"),
        ]
    );
    assert!(!format!("{log:?}").contains("ARGUMENT"));
}
