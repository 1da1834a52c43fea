use axum::http::Method;
use petstore_upstream::{Caller, DEMO, Error, GUEST, Options};
use serde_json::json;

use crate::support::{Call, Store, refusal};

const KEY: &str = r#"ApiKey realm="petstore", header="X-API-Key""#;
const TOKEN: &str = r#"Bearer realm="petstore""#;
const UNKNOWN_TOKEN: &str = r#"Bearer realm="petstore", error="invalid_token""#;

#[tokio::test]
async fn pets_take_a_key_and_nothing_else() {
    let store = Store::demo().await;
    let missing = store.send(Call::get("/pets/1")).await;
    missing.problem(401);
    assert_eq!(missing.challenges(), [KEY]);
    let token = store.send(Call::get("/pets/1").token(DEMO.token)).await;
    token.problem(401);

    for wrong in ["", "demo-ke", "demo-keys", "DEMO-KEY", DEMO.token] {
        let refused = store.send(Call::get("/pets/1").key(wrong)).await;
        refused.problem(401);
        assert_eq!(refused.challenges(), [KEY]);
    }
    store
        .send(Call::get("/pets/1").key(DEMO.api_key))
        .await
        .expect(200);
}

#[tokio::test]
async fn orders_take_a_token_and_nothing_else() {
    let store = Store::demo().await;
    for missing in [
        Call::get("/orders/1"),
        Call::get("/orders/1").key(DEMO.api_key),
        Call::get("/orders/1").header("authorization", "Basic ZGVtbzpkZW1v"),
        Call::get("/orders/1").header("authorization", DEMO.token),
    ] {
        let refused = store.send(missing).await;
        refused.problem(401);
        assert_eq!(refused.challenges(), [TOKEN]);
    }
    for wrong in ["demo-toke", "demo-token2", DEMO.api_key] {
        let refused = store.send(Call::get("/orders/1").token(wrong)).await;
        refused.problem(401);
        assert_eq!(refused.challenges(), [UNKNOWN_TOKEN]);
    }
    for right in [
        "Bearer demo-token",
        "bearer demo-token",
        "BEARER  demo-token",
    ] {
        let call = Call::get("/orders/1").header("authorization", right);
        store.send(call).await.problem(404);
    }
}

#[tokio::test]
async fn a_refused_caller_changes_nothing() {
    let store = Store::demo().await;
    let pet = json!({"name": "Ada", "species": "cat", "priceCents": 1});
    for (method, path) in [
        (Method::POST, "/pets"),
        (Method::PUT, "/pets/1"),
        (Method::PATCH, "/pets/1"),
        (Method::DELETE, "/pets/1"),
    ] {
        let call = Call::new(method, path).key("nobody's").json(&pet);
        store.send(call).await.problem(401);
    }
    let page = store
        .send(Call::get("/pets").key(DEMO.api_key))
        .await
        .expect(200)
        .json();
    assert_eq!(page["total"], 6);
    assert_eq!(page["items"][0]["name"], "Miso");
}

#[tokio::test]
async fn either_scheme_opens_the_inventory() {
    let store = Store::demo().await;
    let missing = store.send(Call::get("/store/inventory")).await;
    missing.problem(401);
    assert_eq!(missing.challenges(), [KEY, TOKEN]);
    let inventory = || Call::get("/store/inventory");
    store.send(inventory().key(DEMO.api_key)).await.expect(200);
    store.send(inventory().token(DEMO.token)).await.expect(200);
    let wrong_token = inventory().key(DEMO.api_key).token("nobody's");
    store.send(wrong_token).await.problem(401);
    let wrong_key = inventory().key("nobody's").token(DEMO.token);
    store.send(wrong_key).await.problem(401);
}

#[tokio::test]
async fn the_store_tells_whom_it_sees() {
    let store = Store::demo().await;
    let who = || Call::get("/store/whoami");
    let by_key = store.send(who().key(DEMO.api_key)).await.expect(200).json();
    assert_eq!(
        (&by_key["owner"], &by_key["scheme"]),
        (&json!("demo"), &json!("api_key"))
    );
    let by_token = store
        .send(who().token(GUEST.token))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&by_token["owner"], &by_token["scheme"]),
        (&json!("guest"), &json!("store_token"))
    );
    assert_ne!(by_key["fingerprint"], by_token["fingerprint"]);
    let by_both = store.send(who().key(DEMO.api_key).token(GUEST.token)).await;
    assert_eq!(by_both.expect(200).json(), by_key, "the key counts");
    store.send(who()).await.problem(401);
}

#[tokio::test]
async fn a_credential_that_was_sent_twice_is_refused() {
    let store = Store::demo().await;
    let keys = Call::get("/pets/1").key(DEMO.api_key).key(GUEST.api_key);
    store.send(keys).await.problem(400);
    let tokens = Call::get("/orders/1").token(DEMO.token).token(DEMO.token);
    store.send(tokens).await.problem(400);
}

#[tokio::test]
async fn callers_that_cannot_be_told_apart_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let with = |caller: Caller| {
        let mut options = Options::demo(folder.path().join("petstore.sqlite3"));
        options.callers.push(caller);
        options
    };
    let ada = || Caller {
        owner: "ada".to_owned(),
        api_key: "ada-key".into(),
        token: "ada-token".into(),
    };
    let shared = Caller {
        token: DEMO.token.into(),
        ..ada()
    };
    let error = refusal(with(shared)).await;
    assert!(matches!(error, Error::SharedCredential { .. }), "{error}");
    assert!(!error.to_string().contains(DEMO.token));
    let empty = Caller {
        api_key: "".into(),
        ..ada()
    };
    assert!(matches!(
        refusal(with(empty)).await,
        Error::EmptyCredential { .. }
    ));
    let unnamed = Caller {
        owner: String::new(),
        ..ada()
    };
    assert!(matches!(refusal(with(unnamed)).await, Error::UnnamedOwner));

    let store = Store::open(with(ada())).await;
    store
        .send(Call::get("/pets/1").key("ada-key"))
        .await
        .expect(200);
    assert!(!format!("{:?}", with(ada())).contains("ada-key"));
}
