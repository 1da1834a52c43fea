//! Opening a file that is new, known, older, newer, damaged or out of reach.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sqlx::Connection;
use sqlx::migrate::Migrator;
use toolmill_core::{Apis, Artifact, Error, Mounts, TokenHash, Users};
use toolmill_store::SqliteStore;
use uuid::Uuid;

use crate::{Folder, ann, connected, opened, spec};

#[tokio::test]
async fn only_the_owner_can_read_it() {
    let folder = Folder::new();
    let store = opened(&folder.database()).await;
    ann(&store).await;
    let modes = |path: &Path| {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
    };
    let mut seen = 0;
    for file in fs::read_dir(folder.0.path()).expect("the folder is read") {
        let path = file.expect("it is an entry").path();
        assert_eq!(modes(&path) & 0o777, 0o600, "{}", path.display());
        seen += 1;
    }
    assert_eq!(seen, 3, "the database, its WAL and its index");

    store.close().await;
    let loose = fs::Permissions::from_mode(0o644);
    fs::set_permissions(folder.database(), loose).expect("the mode is set");
    opened(&folder.database()).await;
    assert_eq!(modes(&folder.database()) & 0o777, 0o600);
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let folder = Folder::new();
    let first = opened(&folder.database()).await;
    let instance = first.instance().to_owned();
    assert_eq!(instance.len(), 8);
    assert!(
        instance
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    );
    let before = ann(&first).await;
    let token = TokenHash::of("tm_1");
    first
        .put_token(&before.ctx, &token, "first")
        .await
        .expect("stored");

    // The first one is not closed: a process that was killed did not either.
    let second = opened(&folder.database()).await;
    assert_eq!(second.instance(), instance);
    let signed_in = second.authenticate(&token).await.expect("it answers");
    assert_eq!(signed_in, Some(before));

    let elsewhere = Folder::new();
    let other = opened(&elsewhere.database()).await;
    assert_ne!(other.instance(), instance);
}

/// Databases as every earlier schema left them.
#[tokio::test]
async fn an_older_database_is_migrated() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let migrations = Migrator::new(migrations).await.expect("they are read");
    let numbers: Vec<i64> = migrations.iter().map(|one| one.version).collect();
    let consecutive: Vec<i64> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, consecutive);

    for number in numbers {
        let folder = Folder::new();
        let mut old = connected(&folder.database()).await;
        migrations
            .run_to(number, &mut old)
            .await
            .expect("it is made");
        let (tenant, user) = (Uuid::from_u128(1), Uuid::from_u128(2));
        sqlx::query("INSERT INTO tenants (id, name) VALUES ($1, 'local')")
            .bind(tenant)
            .execute(&mut old)
            .await
            .expect("the tenant is written");
        sqlx::query(
            "INSERT INTO users (tenant_id, id, name, role) VALUES ($1, $2, 'ann', 'admin')",
        )
        .bind(tenant)
        .bind(user)
        .execute(&mut old)
        .await
        .expect("the user is written");
        old.close().await.expect("it closes");

        let store = opened(&folder.database()).await;
        let ann = ann(&store).await;
        assert_eq!(ann.ctx.tenant, tenant.into(), "from schema {number}");
        assert_eq!(ann.ctx.user, user.into(), "from schema {number}");
        store.register(&ann.ctx, spec()).await.expect("it works");
    }
}

/// Where a tool's requests go was not stored with it before schema 6.
#[tokio::test]
async fn tools_of_an_older_database_know_their_servers() {
    let folder = Folder::new();
    let store = opened(&folder.database()).await;
    let ann = ann(&store).await.ctx;
    let registered = store.register(&ann, spec()).await.expect("registered");
    let version = registered.version.id;
    let manifest = r#"{
        "api": {"slug": "pets", "title": "Pets", "version": "1"},
        "servers": ["https://pets.example/v1", "https://pets.example/v2"],
        "tools": [
            {"name": "list", "title": "", "description": "", "method": "GET", "path": "/pets",
             "annotations": {}, "inputSchema": {}},
            {"name": "add", "title": "", "description": "", "method": "POST", "path": "/pets",
             "servers": ["/write"], "annotations": {}, "inputSchema": {}}
        ]}"#;
    let manifest = serde_json::from_str(manifest).expect("it is a manifest");
    let rendered = store.rendered(&ann, version, &manifest, "", &[]).await;
    rendered.expect("it is rendered");
    let artifact = Artifact {
        key: "key".to_owned(),
        sha256: "00".repeat(32),
        size: 0,
        binary: "none".into(),
    };
    store.built(&ann, version, &artifact).await.expect("built");
    let slug = store.mount(&ann, version).await.expect("mounted").slug;
    store.close().await;

    let mut older = connected(&folder.database()).await;
    for statement in [
        "ALTER TABLE tools DROP COLUMN server",
        "ALTER TABLE tools DROP COLUMN own_server",
        "DELETE FROM _sqlx_migrations WHERE version >= 6",
    ] {
        let done = sqlx::query(statement).execute(&mut older).await;
        done.expect("it is made older");
    }
    older.close().await.expect("it closes");

    let store = opened(&folder.database()).await;
    for (tool, base) in [
        ("list", "https://pets.example/v1"),
        ("add", "https://pets.example/write"),
    ] {
        let route = store.tool_route(&ann, &slug, tool).await;
        let found = route.expect("a route").base;
        assert_eq!(found.as_ref().map(url::Url::as_str), Some(base));
    }
}

#[tokio::test]
async fn a_newer_database_is_refused_untouched() {
    let folder = Folder::new();
    opened(&folder.database()).await.close().await;
    let mut newer = connected(&folder.database()).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', TRUE, x'00', 0)",
    )
    .execute(&mut newer)
    .await
    .expect("it is made newer");
    newer.close().await.expect("it closes");
    let before = fs::read(folder.database()).expect("it is read");

    let (message, hint) = refusal(&folder.database()).await;
    assert!(message.contains("newer Toolmill"), "{message}");
    assert!(message.contains("schema 9999"), "{message}");
    assert!(hint.contains("another data directory"), "{hint}");
    assert!(fs::read(folder.database()).expect("it is read") == before);
}

#[tokio::test]
async fn a_database_of_another_history_is_refused() {
    let folder = Folder::new();
    opened(&folder.database()).await.close().await;
    let mut other = connected(&folder.database()).await;
    sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1")
        .execute(&mut other)
        .await
        .expect("it is made another");
    other.close().await.expect("it closes");
    let (message, _) = refusal(&folder.database()).await;
    assert!(message.contains("unreleased Toolmill"), "{message}");
}

#[tokio::test]
async fn a_damaged_database_is_refused() {
    let folder = Folder::new();
    let store = opened(&folder.database()).await;
    let ann = ann(&store).await;
    store.register(&ann.ctx, spec()).await.expect("registered");
    store.close().await;
    let sound = fs::read(folder.database()).expect("it is read");
    let page = 4096;
    assert!(sound.len() > 4 * page);

    let mut pages_lost = sound.clone();
    pages_lost.truncate(sound.len() - 2 * page);
    let mut overwritten = sound.clone();
    overwritten[page..].fill(0xa5);
    for damaged in [pages_lost, overwritten, b"not a database, ".repeat(512)] {
        fs::write(folder.database(), &damaged).expect("it is damaged");
        let (message, hint) = refusal(&folder.database()).await;
        assert!(message.contains("damaged"), "{message}");
        assert!(hint.contains("backup"), "{hint}");
        assert!(fs::read(folder.database()).expect("it is read") == damaged);
    }
    fs::write(folder.database(), &sound).expect("it is restored");
    opened(&folder.database()).await;
}

#[tokio::test]
async fn a_place_without_access_is_refused() {
    let folder = Folder::new();
    let missing = folder.0.path().join("missing/toolmill.db");
    for path in [missing.as_path(), folder.0.path()] {
        let (message, hint) = refusal(path).await;
        assert!(message.contains(&path.display().to_string()), "{message}");
        assert!(hint.contains("folder"), "{hint}");
    }
}

async fn refusal(path: &Path) -> (String, String) {
    let error = SqliteStore::open(path).await.expect_err("it is refused");
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    let hint = error.hint().expect("it says what to do").to_owned();
    (error.to_string(), hint)
}
