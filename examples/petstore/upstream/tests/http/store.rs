use axum::http::Method;
use petstore_upstream::DEMO;
use serde_json::json;

use crate::support::{Call, Store};

#[tokio::test]
async fn the_inventory_counts_every_status() {
    let store = Store::demo().await;
    let inventory = || Call::get("/store/inventory").key(DEMO.api_key);
    let counts = store.send(inventory()).await.expect(200).json();
    assert_eq!(counts, json!({"available": 4, "reserved": 1, "sold": 1}));

    let delete = Call::new(Method::DELETE, "/pets/5").key(DEMO.api_key);
    store.send(delete).await.expect(204);
    let counts = store.send(inventory()).await.expect(200).json();
    assert_eq!(counts, json!({"available": 4, "reserved": 1, "sold": 0}));
}

#[tokio::test]
async fn anyone_may_ask_for_the_opening_hours() {
    let store = Store::demo().await;
    let hours = store
        .send(Call::get("/store/hours"))
        .await
        .expect(200)
        .json();
    assert_eq!(hours["timeZone"], "Europe/London");
    assert_eq!(hours["days"].as_array().unwrap().len(), 6);
    let call = Call::get("/store/hours").key("nobody's").token("nobody's");
    assert_eq!(store.send(call).await.expect(200).json(), hours);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let store = Store::demo().await;
    store
        .send(Call::get("/pet/1").key(DEMO.api_key))
        .await
        .problem(404);
    store
        .send(Call::get("/pets/").key(DEMO.api_key))
        .await
        .problem(404);
    let answer = store.send(Call::new(Method::DELETE, "/pets")).await;
    answer.problem(405);
    assert_eq!(answer.header("allow"), Some("GET,HEAD,POST"));
}
