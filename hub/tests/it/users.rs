//! What is one user's is not another's.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use toolmill_core::Mounts;

use crate::support::api::Api;
use crate::support::upstream::Upstream;
use crate::support::world::{Person, World};

fn keyed(upstream: &Upstream) -> Api {
    Api::at(&upstream.url("")).with_schemes(
        json!({"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}),
        json!([["key"]]),
    )
}

/// 200 calls of each user at once, all with the same JSON-RPC ids.
async fn call_at_once(upstream: &Upstream, people: &[(&Person, &str)]) {
    let one = async |person: &Person, key: &str, n: u32| {
        let url = upstream.url(&format!("/{key}?{n}"));
        let params = json!({"name": "pets__fetch", "arguments": {"url": url}});
        let (status, answer) = person
            .client
            .modern_with("tools/call", params, json!(n))
            .await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(answer["id"], n);
        let body = answer["result"]["structuredContent"]["body"].as_str();
        let body: Value = serde_json::from_str(body.expect("an answer")).expect("JSON");
        assert_eq!(
            body["shown"],
            json!([key]),
            "the caller's own key, and no other"
        );
    };
    let calls = (0..200).flat_map(|n| people.iter().map(move |(person, key)| one(person, key, n)));
    join_all(calls).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_at_once_stay_apart() {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let ann = world.user_with("ann", &keyed(&upstream)).await;
    let bob = world.user_with("bob", &keyed(&upstream)).await;
    world.credential(&ann, "key", "k-ann").await;
    world.credential(&bob, "key", "k-bob").await;
    call_at_once(&upstream, &[(&ann, "k-ann"), (&bob, "k-bob")]).await;
    let requests = upstream.requests();
    assert_eq!(requests.len(), 400);
    for request in requests {
        let key = if request.starts_with("GET /k-ann?") {
            "k-ann"
        } else {
            "k-bob"
        };
        assert!(
            request
                .to_lowercase()
                .contains(&format!("x-api-key: {key}\r\n"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_api_is_called_with_each_users_own_key() {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let ann = world.user_with("ann", &keyed(&upstream)).await;
    let bob = world.user("bob").await;
    world.credential(&ann, "key", "k-ann").await;
    share(&world, &ann, &bob).await;
    let missing = bob
        .client
        .fetch(json!({"url": upstream.url("/pets")}))
        .await;
    assert_eq!(
        missing["headers"]["toolmill-broker-error"],
        "credential-missing"
    );
    assert!(
        upstream.requests().is_empty(),
        "the owner's key is not lent"
    );
    world.credential(&bob, "key", "k-bob").await;
    call_at_once(&upstream, &[(&ann, "k-ann"), (&bob, "k-bob")]).await;
}

async fn share(world: &World, owner: &Person, with: &Person) {
    use toolmill_core::{Apis, Users};
    let slug = "pets".parse().expect("a slug");
    let api = world.store.api(&owner.ctx, &slug).await.expect("an API");
    let users = world.store.users(&owner.ctx).await.expect("users");
    let user = users
        .iter()
        .find(|user| user.id == with.ctx.user)
        .expect("a user");
    world
        .store
        .share(&owner.ctx, api.id, user, &slug)
        .await
        .expect("a mount");
    world.changes.changed(&with.ctx);
}

#[tokio::test]
async fn tools_of_others_are_as_if_they_were_not() {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let ann = world.user_with("ann", &Api::at(&upstream.url(""))).await;
    let bob = world.user("bob").await;
    let (_, list) = bob.client.modern("tools/list", json!({})).await;
    assert_eq!(list["result"]["tools"], json!([]));
    let fetch = json!({"name": "pets__fetch", "arguments": {"url": upstream.url("/pets")}});
    let unknown = json!({"name": "none__fetch", "arguments": {}});
    let (status, hidden) = bob.client.modern("tools/call", fetch.clone()).await;
    let (_, absent) = bob.client.modern("tools/call", unknown).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(hidden["error"]["code"], -32602);
    let text = |answer: &Value| {
        answer["error"]["message"]
            .as_str()
            .expect("text")
            .to_owned()
    };
    assert_eq!(text(&hidden), text(&absent).replace("none__", "pets__"));
    // The positive control.
    let (_, mine) = ann.client.modern("tools/call", fetch).await;
    assert_eq!(mine["result"]["isError"], false);
}

#[tokio::test]
async fn an_unmounted_tool_is_gone_at_once() {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let ann = world.user_with("ann", &Api::at(&upstream.url(""))).await;
    let arguments = json!({"url": upstream.url("/pets")});
    assert_eq!(ann.client.fetch(arguments.clone()).await["status"], 200);
    let grant = world.servers.only().last_grant();
    world.unmount(&ann, "pets").await;
    let call = json!({"name": "pets__fetch", "arguments": arguments});
    let (_, answer) = ann.client.modern("tools/call", call).await;
    assert_eq!(answer["error"]["code"], -32602);
    // A grant that is still good in time opens nothing any more.
    let request = http::Request::get(upstream.url("/pets")).header("toolmill-grant", grant);
    let request = request.body(Default::default()).expect("a request");
    let door = world.servers.only().egress;
    let refused = crate::support::puppet::send(&door, request).await;
    assert_eq!(refused["headers"]["toolmill-broker-error"], "not-mounted");
}
