use axum::http::Method;
use petstore_upstream::DEMO;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Call, Store};

fn place(order: &Value) -> Call {
    Call::new(Method::POST, "/orders")
        .token(DEMO.token)
        .json(order)
}

fn pickup(pets: &[u64]) -> Value {
    let lines: Vec<Value> = pets.iter().map(|id| json!({"petId": id})).collect();
    json!({"lines": lines, "delivery": {"method": "pickup"}})
}

async fn status(store: &Store, id: u64) -> Value {
    let call = Call::get(format!("/pets/{id}")).key(DEMO.api_key);
    store.send(call).await.expect(200).json()["status"].take()
}

#[tokio::test]
async fn an_order_sells_its_pets_and_can_be_read_again() {
    let store = Store::demo().await;
    let delivery = json!({
        "method": "courier",
        "address": {
            "recipient": "Robin Vale", "street": "4 Harbour Lane", "city": "Bristol",
            "postalCode": "BS1 4QA", "country": "GB",
        },
    });
    let order = json!({
        "lines": [{"petId": 1, "extras": ["carrier", "food"]}, {"petId": 6}],
        "delivery": delivery,
        "giftNote": "Happy birthday!",
    });
    let answer = store.send(place(&order)).await.expect(201);
    assert_eq!(answer.header("location"), Some("/orders/1"));
    let mut placed = answer.json();
    let read = Call::get("/orders/1").token(DEMO.token);
    assert_eq!(store.send(read).await.expect(200).json(), placed);

    let placed_at = placed["placedAt"].take();
    assert_eq!(
        placed_at.as_str().unwrap().len(),
        "2026-01-31T12:00:00Z".len()
    );
    let expected = json!({
        "id": 1, "owner": "demo", "status": "placed", "placedAt": null, "totalCents": 21250,
        "lines": [
            {"petId": 1, "name": "Miso", "priceCents": 12500, "extras": ["carrier", "food"]},
            {"petId": 6, "name": "Basil", "priceCents": 8750, "extras": []},
        ],
        "delivery": delivery, "giftNote": "Happy birthday!",
    });
    assert_eq!(placed, expected);
    assert_eq!(status(&store, 1).await, "sold");
    assert_eq!(status(&store, 6).await, "sold");
    assert_eq!(status(&store, 2).await, "available");
}

#[tokio::test]
async fn all_lines_are_sold_or_none() {
    let store = Store::demo().await;
    store.send(place(&pickup(&[1, 3]))).await.problem(409);
    store.send(place(&pickup(&[1, 99]))).await.problem(422);
    assert_eq!(status(&store, 1).await, "available");
    let placed = store.send(place(&pickup(&[1]))).await.expect(201).json();
    assert_eq!(placed["id"], 1, "a refused order takes no number");
}

#[tokio::test]
async fn a_pet_is_sold_once_however_many_want_it() {
    let store = std::sync::Arc::new(Store::demo().await);
    let mut buyers = JoinSet::new();
    for _ in 0..50 {
        let store = store.clone();
        buyers.spawn(async move { store.send(place(&pickup(&[4]))).await.status.as_u16() });
    }
    let mut statuses = buyers.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    assert_eq!(statuses[1..], [409; 49]);
}

#[tokio::test]
async fn an_order_that_cannot_be_meant_is_refused() {
    let store = Store::demo().await;
    for change in [
        json!({"lines": []}),
        json!({"lines": [{"petId": 1}, {"petId": 1}]}),
        json!({"lines": [{"petId": "1"}]}),
        json!({"lines": [{"petId": 1, "extras": ["cage"]}]}),
        json!({"lines": [{"petId": 1, "extras": ["food", "food"]}]}),
        json!({"delivery": {"method": "courier"}}),
        json!({"delivery": {"method": "owl"}}),
        json!({"delivery": {"method": "pickup", "address": {"country": "GB"}}}),
        json!({"delivery": {"method": "pickup", "address": null}}),
        json!({"giftNote": "x".repeat(201)}),
        json!({"giftNote": null}),
        json!({"totalCents": 1}),
    ] {
        let mut order = pickup(&[1]);
        for (name, value) in change.as_object().unwrap() {
            order[name] = value.clone();
        }
        store.send(place(&order)).await.problem(422);
    }
    store.send(place(&pickup(&[1]))).await.expect(201);
}

#[tokio::test]
async fn an_unknown_order_is_not_found() {
    let store = Store::demo().await;
    store
        .send(Call::get("/orders/1").token(DEMO.token))
        .await
        .problem(404);
    store
        .send(Call::get("/orders/x").token(DEMO.token))
        .await
        .problem(400);
}
