//! Servers that keep the broker waiting.

use std::time::Duration;

use http::Request;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use toolmill_hub::HubConfig;

use crate::support::api::Api;
use crate::support::puppet::send;
use crate::support::upstream::Upstream;
use crate::support::world::{Person, World};

/// What waits for something that may never come, does not wait for ever.
const PATIENCE: Duration = Duration::from_secs(60);

async fn setting(change: impl FnOnce(&mut HubConfig)) -> (Upstream, World, Person) {
    let upstream = Upstream::start().await;
    let world = World::with(change).await;
    let ann = world.user_with("ann", &Api::at(&upstream.url(""))).await;
    // Its door is open from now on.
    ann.client
        .fetch(json!({"url": upstream.url("/pets")}))
        .await;
    (upstream, world, ann)
}

async fn connected(world: &World) -> UnixStream {
    let door = world.servers.only().egress;
    UnixStream::connect(door).await.expect("an open door")
}

/// Everything until the other side ends.
async fn read(mut stream: UnixStream) -> Vec<u8> {
    let mut all = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut all)).await;
    // An end by a reset is one, too.
    read.expect("it ends").ok();
    all
}

#[tokio::test]
async fn a_head_that_does_not_come_to_its_end_is_not_waited_for() {
    let head = Duration::from_millis(500);
    let (upstream, world, _ann) = setting(|config| config.egress.head = head).await;
    for part in ["", "GET ", "GET http://a/ HTTP/1.1\r\nx-begun: 1\r\n"] {
        let mut stream = connected(&world).await;
        stream.write_all(part.as_bytes()).await.expect("written");
        let answer = read(stream).await;
        assert!(!answer.starts_with(b"HTTP/1.1 2"), "{part}");
    }
    // The positive control.
    let grant = world.servers.only().last_grant();
    let request = Request::get(upstream.url("/pets")).header("toolmill-grant", grant);
    let request = request.body(Default::default()).expect("a request");
    let answer = send(&world.servers.only().egress, request).await;
    assert_eq!(answer["status"], 200);
}

#[tokio::test]
async fn an_answer_that_is_not_read_is_cut_at_the_deadline() {
    const SIZE: usize = 9_000_000;
    let total = Duration::from_secs(5);
    let (upstream, world, _ann) = setting(|config| config.egress.total = total).await;
    let grant = world.servers.only().last_grant();
    let url = upstream.url(&format!("/sized-{SIZE}"));
    let request = format!(
        "GET {url} HTTP/1.1\r\nhost: a\r\ntoolmill-grant: {grant}\r\nconnection: close\r\n\r\n"
    );
    let asked = async || {
        let mut stream = connected(&world).await;
        let written = stream.write_all(request.as_bytes()).await;
        written.expect("written");
        stream
    };
    let waiting = asked().await;
    let cut = tokio::time::timeout(PATIENCE, upstream.ended.notified()).await;
    cut.expect("the connection to the API is closed");
    assert!(read(waiting).await.len() < SIZE);
    // The positive control: whoever reads gets all of it.
    assert!(read(asked().await).await.len() > SIZE);
}
