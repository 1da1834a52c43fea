use std::sync::Arc;

use axum::http::Method;
use petstore_upstream::{DEMO, GUEST};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{BOTH, Call, Store};

#[tokio::test]
async fn the_same_number_is_another_pet_for_another_caller() {
    let store = Store::demo().await;
    let patch = Call::new(Method::PATCH, "/pets/1")
        .key(GUEST.api_key)
        .json(&json!({"name": "Mogwai", "tags": ["nocturnal"]}));
    store.send(patch).await.expect(200);
    let delete = Call::new(Method::DELETE, "/pets/2").key(GUEST.api_key);
    store.send(delete).await.expect(204);
    let put = Call::new(Method::PUT, "/pets/3")
        .key(GUEST.api_key)
        .json(&json!({"name": "Echo", "species": "bird", "priceCents": 1}));
    store.send(put).await.expect(200);

    let names = async |key| {
        let page = store
            .send(Call::get("/pets?limit=3").key(key))
            .await
            .expect(200)
            .json();
        let items = page["items"].as_array().unwrap().clone();
        items
            .into_iter()
            .map(|mut pet| pet["name"].take())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(GUEST.api_key).await, ["Mogwai", "Echo", "Clover"]);
    assert_eq!(names(DEMO.api_key).await, ["Miso", "Bruno", "Pixel"]);
}

#[tokio::test]
async fn a_pet_or_an_order_of_one_does_not_exist_for_the_other() {
    let store = Store::demo().await;
    let pet = json!({"name": "Ada", "species": "cat", "priceCents": 1});
    let add = Call::new(Method::POST, "/pets")
        .key(DEMO.api_key)
        .json(&pet);
    store.send(add).await.expect(201);
    let order = json!({"lines": [{"petId": 7}], "delivery": {"method": "pickup"}});
    let place = |token| Call::new(Method::POST, "/orders").token(token).json(&order);

    for (method, path) in [
        (Method::GET, "/pets/7"),
        (Method::GET, "/pets/7/card"),
        (Method::PUT, "/pets/7"),
        (Method::PATCH, "/pets/7"),
        (Method::DELETE, "/pets/7"),
    ] {
        let call = Call::new(method, path).key(GUEST.api_key).json(&pet);
        store.send(call).await.problem(404);
    }
    store.send(place(GUEST.token)).await.problem(422);
    store.send(place(DEMO.token)).await.expect(201);
    store
        .send(Call::get("/orders/1").token(GUEST.token))
        .await
        .problem(404);
    store
        .send(Call::get("/orders/1").token(DEMO.token))
        .await
        .expect(200);

    let inventory = |token| Call::get("/store/inventory").token(token);
    assert_eq!(store.send(inventory(DEMO.token)).await.json()["sold"], 2);
    assert_eq!(store.send(inventory(GUEST.token)).await.json()["sold"], 1);
}

#[tokio::test]
async fn every_one_of_many_answers_belongs_to_its_caller() {
    let store = Arc::new(Store::demo().await);
    let mut calls = JoinSet::new();
    for index in 0..200 {
        let (store, caller) = (store.clone(), BOTH[index % 2]);
        calls.spawn(async move {
            let call = match index % 3 {
                0 => Call::get("/pets/1").key(caller.api_key),
                1 => Call::get("/store/whoami").token(caller.token),
                _ => Call::new(Method::PATCH, "/pets/1")
                    .key(caller.api_key)
                    .json(&json!({"priceCents": index})),
            };
            let answer: Value = store.send(call).await.expect(200).json();
            assert_eq!(answer["owner"], caller.owner);
        });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap();
    }
}
