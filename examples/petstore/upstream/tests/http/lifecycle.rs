use axum::http::Method;
use petstore_upstream::{Caller, DEMO, Error, GUEST, Options};
use serde_json::json;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::support::{Call, Store, database, refusal};

#[tokio::test]
async fn a_restart_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options::demo(database(folder.path()));
    let store = Store::open(options()).await;
    let pet = json!({"name": "Ada", "species": "cat", "priceCents": 1});
    let add = || {
        Call::new(Method::POST, "/pets")
            .key(DEMO.api_key)
            .json(&pet)
    };
    let added = store.send(add()).await.expect(201).json();
    let order = json!({"lines": [{"petId": 1}], "delivery": {"method": "pickup"}});
    let place = Call::new(Method::POST, "/orders")
        .token(DEMO.token)
        .json(&order);
    let placed = store.send(place).await.expect(201).json();
    let delete = Call::new(Method::DELETE, "/pets/2").key(DEMO.api_key);
    store.send(delete).await.expect(204);
    store.close().await.unwrap();

    let store = Store::open(options()).await;
    let read = |path: &str| Call::get(path).key(DEMO.api_key).token(DEMO.token);
    assert_eq!(store.send(read("/pets/7")).await.expect(200).json(), added);
    assert_eq!(
        store.send(read("/orders/1")).await.expect(200).json(),
        placed
    );
    assert_eq!(store.send(read("/pets")).await.json()["total"], 6);
    store.send(read("/pets/2")).await.problem(404);
    assert_eq!(store.send(add()).await.expect(201).json()["id"], 8);
    store.close().await.unwrap();
}

#[tokio::test]
async fn callers_may_change_between_two_starts() {
    let folder = tempfile::tempdir().unwrap();
    let options = |callers| Options {
        database: database(folder.path()),
        callers,
    };
    let store = Store::open(options(vec![DEMO.into()])).await;
    store
        .send(Call::get("/pets/1").key(GUEST.api_key))
        .await
        .problem(401);
    let delete = Call::new(Method::DELETE, "/pets/1").key(DEMO.api_key);
    store.send(delete).await.expect(204);
    store.close().await.unwrap();

    let rotated = Caller {
        api_key: "rotated-key".into(),
        ..DEMO.into()
    };
    let store = Store::open(options(vec![rotated, GUEST.into()])).await;
    store
        .send(Call::get("/pets/1").key(GUEST.api_key))
        .await
        .expect(200);
    store
        .send(Call::get("/pets/1").key(DEMO.api_key))
        .await
        .problem(401);
    store
        .send(Call::get("/pets/1").key("rotated-key"))
        .await
        .problem(404);
    store
        .send(Call::get("/pets/2").key("rotated-key"))
        .await
        .expect(200);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_stopped_store_folds_its_journal_away_and_keeps_no_credential() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(Options::demo(database(folder.path()))).await;
    store
        .send(Call::get("/pets").key(DEMO.api_key))
        .await
        .expect(200);
    store.close().await.unwrap();

    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let bytes = std::fs::read(database(folder.path())).unwrap();
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(holds("Miso"));
    assert!(!holds(DEMO.api_key) && !holds(DEMO.token));
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = Options::demo(folder.path().join("missing/petstore.sqlite3"));
    assert!(matches!(refusal(nowhere).await, Error::Open { .. }));

    let scribble = folder.path().join("scribble");
    std::fs::write(&scribble, "not a database, however long one looks at it").unwrap();
    assert!(matches!(
        refusal(Options::demo(scribble)).await,
        Error::Open { .. }
    ));

    let newer = Options::demo(database(folder.path()));
    Store::open(newer.clone()).await.close().await.unwrap();
    let file = SqliteConnectOptions::new().filename(&newer.database);
    let mut connection = SqliteConnection::connect_with(&file).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of a later version', true, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    assert!(matches!(refusal(newer).await, Error::Migrate { .. }));
}
