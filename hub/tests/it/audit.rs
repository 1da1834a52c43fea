//! What servers do, in the audit log of whoever they do it for.

use serde_json::json;
use toolmill_core::{Mounts, Outcome};

use crate::support::api::Api;
use crate::support::upstream::Upstream;
use crate::support::world::{Person, World};

/// The rows of this action, oldest first.
async fn rows(world: &World, person: &Person, action: &str) -> Vec<(String, Outcome, String)> {
    let log = world.audit(person).await;
    let rows = log.into_iter().rev().filter(|row| row.action == action);
    rows.map(|row| (row.subject, row.outcome, row.detail))
        .collect()
}

#[tokio::test]
async fn the_use_of_a_credential_is_written_down_without_its_value() {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let api = Api::at(&upstream.url("")).with_schemes(
        json!({
            "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            "token": {"type": "http", "scheme": "bearer"},
        }),
        json!([["key", "token"], []]),
    );
    let ann = world.user_with("ann", &api).await;
    let bob = world.user_with("bob", &api).await;
    world.credential(&ann, "key", "KEY-OF-ANN").await;
    world.credential(&ann, "token", "TOKEN-OF-ANN").await;
    for person in [&ann, &bob] {
        for _ in 0..3 {
            let arguments = json!({"url": upstream.url("/pets")});
            assert_eq!(person.client.fetch(arguments).await["status"], 200);
        }
    }
    let used = |detail: &str| ("pets__fetch".to_owned(), Outcome::Ok, detail.to_owned());
    assert_eq!(
        rows(&world, &ann, "credential.use").await,
        [
            used("`key` and `token`"),
            used("`key` and `token`, 2 times more")
        ]
    );
    assert!(!format!("{:?}", world.audit(&ann).await).contains("OF-ANN"));
    assert_eq!(rows(&world, &bob, "credential.use").await, []);
}

#[tokio::test]
async fn refusals_of_grants_are_written_down_and_do_not_fill_the_log() {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let ann = world.user_with("ann", &Api::at(&upstream.url(""))).await;
    let bob = world.user_with("bob", &Api::at(&upstream.url(""))).await;
    for _ in 0..50 {
        let arguments = json!({"url": upstream.url("/pets"), "grant": "forged"});
        let answer = ann.client.fetch(arguments).await;
        assert_eq!(answer["status"], 403);
    }
    assert!(upstream.requests().is_empty());
    let slug = "pets".parse().expect("a slug");
    let server = async |person: &Person| {
        let route = world.store.tool_route(&person.ctx, &slug, "fetch").await;
        route.expect("a route").deployment.key
    };
    // A grant of another server counts for the one that showed it.
    let arguments = json!({"url": upstream.url("/pets")});
    assert_eq!(bob.client.fetch(arguments).await["status"], 200);
    let stolen = world.servers.of(&server(&bob).await).last_grant();
    let arguments = json!({"url": upstream.url("/pets"), "grant": stolen});
    assert_eq!(ann.client.fetch(arguments).await["status"], 403);
    let subject = server(&ann).await.to_string();
    let refused = |detail: &str| (subject.clone(), Outcome::Refused, detail.to_owned());
    assert_eq!(
        rows(&world, &ann, "egress").await,
        [
            refused("grant-invalid"),
            refused("grant-elsewhere"),
            refused("grant-invalid, 49 times more"),
        ]
    );
    assert_eq!(rows(&world, &bob, "egress").await, []);
}
