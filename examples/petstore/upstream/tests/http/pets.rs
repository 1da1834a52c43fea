use axum::http::Method;
use petstore_upstream::DEMO;
use serde_json::{Value, json};

use crate::support::{Call, Store};

fn call(method: Method, path: &str) -> Call {
    Call::new(method, path).key(DEMO.api_key)
}

fn get(path: &str) -> Call {
    call(Method::GET, path)
}

async fn listed(store: &Store, query: &str) -> Vec<u64> {
    let page = store
        .send(get(&format!("/pets{query}")))
        .await
        .expect(200)
        .json();
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|pet| pet["id"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_pet_is_found_by_its_number() {
    let store = Store::demo().await;
    let pet = store.send(get("/pets/1")).await.expect(200).json();
    let expected = json!({
        "id": 1, "owner": "demo", "name": "Miso", "species": "cat", "status": "available",
        "priceCents": 12500, "tags": ["indoor", "playful"], "notes": null,
    });
    assert_eq!(pet, expected);
}

#[tokio::test]
async fn a_number_that_is_none_or_nobodys_is_refused() {
    let store = Store::demo().await;
    for id in ["0", "-1", "999", "9223372036854775807"] {
        store.send(get(&format!("/pets/{id}"))).await.problem(404);
    }
    for id in ["one", "1.0", "1%2F2", "9223372036854775808"] {
        store.send(get(&format!("/pets/{id}"))).await.problem(400);
    }
}

#[tokio::test]
async fn a_list_is_filtered_by_every_status_that_is_sent_and_by_the_tag() {
    let store = Store::demo().await;
    assert_eq!(listed(&store, "").await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(listed(&store, "?status=sold").await, [5]);
    assert_eq!(listed(&store, "?status=sold&status=reserved").await, [3, 5]);
    assert_eq!(listed(&store, "?tag=outdoor").await, [2, 4]);
    assert_eq!(listed(&store, "?status=available&tag=indoor").await, [1, 6]);
    assert_eq!(listed(&store, "?tag=out").await, [0; 0]);
    assert_eq!(listed(&store, "?tag=100%25%20%22wild%22").await, [0; 0]);
}

#[tokio::test]
async fn a_list_comes_in_pages_with_the_total_of_all() {
    let store = Store::demo().await;
    assert_eq!(listed(&store, "?limit=2").await, [1, 2]);
    assert_eq!(
        listed(&store, "?limit=2&offset=4&status=available").await,
        [0; 0]
    );
    let call = get("/pets?limit=2&offset=3&status=available");
    let page = store.send(call).await.expect(200).json();
    assert_eq!(page["total"], 4);
    assert_eq!((&page["limit"], &page["offset"]), (&json!(2), &json!(3)));
    assert_eq!(page["items"][0]["id"], 6);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_query_that_cannot_be_meant_is_refused() {
    let store = Store::demo().await;
    for query in [
        "status=available,sold",
        "status[]=sold",
        "status=",
        "limit=0",
        "limit=101",
        "limit=ten",
        "limit=1&limit=2",
        "offset=-1",
        "tags=indoor",
    ] {
        store
            .send(get(&format!("/pets?{query}")))
            .await
            .problem(400);
    }
}

#[tokio::test]
async fn the_request_id_comes_back() {
    let store = Store::demo().await;
    let call = get("/pets").header("x-request-id", "order.66_a-1");
    let answer = store.send(call).await.expect(200);
    assert_eq!(answer.header("x-request-id"), Some("order.66_a-1"));
    assert_eq!(answer.json()["requestId"], "order.66_a-1");

    let without = store.send(get("/pets")).await.expect(200);
    assert_eq!(without.header("x-request-id"), None);
    assert_eq!(without.json().get("requestId"), None);

    for label in ["", "two words", &"x".repeat(65)] {
        let call = get("/pets").header("x-request-id", label);
        store.send(call).await.problem(400);
    }
}

#[tokio::test]
async fn a_pet_is_added_replaced_and_deleted() {
    let store = Store::demo().await;
    let added = json!({"name": "Zoë 🐇", "species": "rabbit", "priceCents": 0});
    let answer = store
        .send(call(Method::POST, "/pets").json(&added))
        .await
        .expect(201);
    assert_eq!(answer.header("location"), Some("/pets/7"));
    let expected = json!({
        "id": 7, "owner": "demo", "name": "Zoë 🐇", "species": "rabbit", "status": "available",
        "priceCents": 0, "tags": [], "notes": null,
    });
    assert_eq!(answer.json(), expected);
    assert_eq!(store.send(get("/pets/7")).await.json(), expected);

    let replaced = json!({
        "name": "Zoë", "species": "rabbit", "status": "reserved", "priceCents": 10_000_000,
        "tags": ["O'Hara", "100%"], "notes": "Eats \"anything\".",
    });
    let answer = store
        .send(call(Method::PUT, "/pets/7").json(&replaced))
        .await
        .expect(200);
    assert_eq!(answer.json(), with_identity(&replaced, 7));
    assert_eq!(
        store.send(get("/pets/7")).await.json(),
        with_identity(&replaced, 7)
    );

    let deleted = store
        .send(call(Method::DELETE, "/pets/7"))
        .await
        .expect(204);
    assert!(deleted.body.is_empty());
    store.send(get("/pets/7")).await.problem(404);
    store
        .send(call(Method::DELETE, "/pets/7"))
        .await
        .problem(404);
    store
        .send(call(Method::PUT, "/pets/7").json(&replaced))
        .await
        .problem(404);

    let again = store
        .send(call(Method::POST, "/pets").json(&added))
        .await
        .expect(201);
    assert_eq!(again.json()["id"], 8, "a number is not used twice");
}

#[tokio::test]
async fn a_patch_changes_only_what_it_names() {
    let store = Store::demo().await;
    let before = store.send(get("/pets/2")).await.json();
    let patch = r#"{"priceCents": 30000, "notes": "Knows four tricks."}"#;
    for media_type in ["application/merge-patch+json", "application/json"] {
        let call = call(Method::PATCH, "/pets/2").body(media_type, patch);
        let mut expected = before.clone();
        expected["priceCents"] = json!(30000);
        expected["notes"] = json!("Knows four tricks.");
        assert_eq!(store.send(call).await.expect(200).json(), expected);
        assert_eq!(store.send(get("/pets/2")).await.json(), expected);
    }

    let call = call(Method::PATCH, "/pets/2").json(&json!({"notes": null, "tags": null}));
    let patched = store.send(call).await.expect(200).json();
    assert_eq!(
        (&patched["notes"], &patched["tags"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(patched["priceCents"], 30000);
}

#[tokio::test]
async fn a_patch_must_leave_a_pet() {
    let store = Store::demo().await;
    let before = store.send(get("/pets/2")).await.json();
    for patch in [
        json!({"name": null}),
        json!({"id": 9}),
        json!({"owner": "guest"}),
        json!({"status": "lost"}),
        json!({"priceCents": -1}),
        json!({"tags": {"0": "indoor"}}),
        json!([]),
    ] {
        store
            .send(call(Method::PATCH, "/pets/2").json(&patch))
            .await
            .problem(422);
    }
    assert_eq!(store.send(get("/pets/2")).await.json(), before);
    let call = call(Method::PATCH, "/pets/99").json(&json!({"priceCents": 1}));
    store.send(call).await.problem(404);
}

#[tokio::test]
async fn a_body_that_is_not_a_pet_is_refused() {
    let store = Store::demo().await;
    let pet = json!({"name": "Ada", "species": "cat", "priceCents": 1});
    for (name, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(81))),
        ("name", Value::Null),
        ("species", json!("dragon")),
        ("priceCents", json!(1.5)),
        ("priceCents", json!("1")),
        ("priceCents", json!(10_000_001)),
        ("tags", json!(["twice", "twice"])),
        ("tags", json!([""])),
        (
            "tags",
            json!(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]),
        ),
        ("notes", json!("x".repeat(501))),
        ("colour", json!("red")),
    ] {
        let mut wrong = pet.clone();
        wrong[name] = value;
        store
            .send(call(Method::POST, "/pets").json(&wrong))
            .await
            .problem(422);
    }
    let post = || call(Method::POST, "/pets");
    store
        .send(post().body("application/json", "{"))
        .await
        .problem(400);
    store
        .send(post().body("text/plain", &pet.to_string()))
        .await
        .problem(415);
    store.send(post()).await.problem(415);
    let large = format!("{}{pet}", " ".repeat(64 * 1024));
    store
        .send(post().body("application/json", &large))
        .await
        .problem(413);

    assert_eq!(
        listed(&store, "").await.len(),
        6,
        "nothing was added so far"
    );
    store.send(post().json(&pet)).await.expect(201);
}

#[tokio::test]
async fn a_card_is_plain_text() {
    let store = Store::demo().await;
    let answer = store.send(get("/pets/3/card")).await.expect(200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let expected =
        "Pixel (bird, reserved)\n49.00 EUR\nTags: indoor, talkative\nIn the care of demo\n";
    assert_eq!(answer.body, expected);
    store.send(get("/pets/99/card")).await.problem(404);
}

fn with_identity(details: &Value, id: u64) -> Value {
    let mut pet = details.clone();
    pet["id"] = json!(id);
    pet["owner"] = json!(DEMO.owner);
    pet
}
