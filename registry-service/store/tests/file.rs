//! The database's file: who can read it, what happens to an older, a newer and
//! a damaged one, and what is left in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use toolmill_core::{
    ApiId, Apis, Artifact, Audit, AuditEntry, CredentialKey, Credentials, Error, Mounts,
    NewVersion, Outcome, Principal, Role, SealedSecret, SpecFormat, SystemCtx, TenantCtx,
    TokenHash, Users,
};
use toolmill_store::SqliteStore;
use uuid::Uuid;

const MANIFEST: &str = r#"{
    "api": {"slug": "pets", "title": "Pets", "version": "1"},
    "tools": [{"name": "list", "title": "List", "description": "GET /pets", "method": "GET",
               "path": "/pets", "annotations": {}, "inputSchema": {"type": "object"}}]
}"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder is made"))
    }

    fn database(&self) -> PathBuf {
        self.0.path().join("toolmill.db")
    }

    /// Every byte that SQLite has written there.
    fn bytes(&self) -> Vec<u8> {
        let files = fs::read_dir(self.0.path()).expect("the folder is read");
        files
            .flat_map(|file| fs::read(file.expect("it is an entry").path()).expect("it is read"))
            .collect()
    }
}

async fn opened(path: &Path) -> SqliteStore {
    SqliteStore::open(path).await.expect("the store opens")
}

async fn connected(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    options.connect().await.expect("the file opens")
}

async fn ann(store: &SqliteStore) -> Principal {
    let system = SystemCtx::for_the_platform();
    let ann = store.ensure_user(system, "ann", Role::Admin).await;
    ann.expect("the user is made")
}

async fn refusal(path: &Path) -> (String, String) {
    let error = SqliteStore::open(path).await.expect_err("it is refused");
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    let hint = error.hint().expect("it says what to do").to_owned();
    (error.to_string(), hint)
}

fn contains(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}

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

fn spec() -> NewVersion {
    NewVersion {
        slug: "pets".parse().expect("it is a slug"),
        spec: vec![b'x'; 20_000],
        format: SpecFormat::Json,
        base_url: None,
        isolation: None,
        example: None,
        created_at: 0,
    }
}

fn credential(ctx: &TenantCtx, api: ApiId) -> (CredentialKey, SealedSecret) {
    let key = CredentialKey {
        ctx: *ctx,
        api,
        scheme: "key".to_owned(),
    };
    let sealed = SealedSecret {
        key_id: "0123abcd".to_owned(),
        wrapped_key: b"wrapped-sentinel".to_vec(),
        ciphertext: b"ciphertext-sentinel".to_vec(),
    };
    (key, sealed)
}

#[tokio::test]
async fn a_deleted_credential_leaves_no_byte() {
    let folder = Folder::new();
    let store = opened(&folder.database()).await;
    let ann = ann(&store).await;
    let registered = store.register(&ann.ctx, spec()).await.expect("registered");
    let (key, sealed) = credential(&ann.ctx, registered.api.id);
    store
        .put_credential(&key, &sealed, 0)
        .await
        .expect("stored");
    assert!(contains(&folder.bytes(), b"wrapped-sentinel"));
    store
        .delete_api(&ann.ctx, registered.api.id)
        .await
        .expect("deleted");
    store.close().await;
    for gone in [&sealed.wrapped_key, &sealed.ciphertext] {
        assert!(!contains(&folder.bytes(), gone));
    }
}

#[tokio::test]
async fn a_deleted_api_leaves_no_row() {
    let folder = Folder::new();
    let store = opened(&folder.database()).await;
    let ann = ann(&store).await.ctx;
    let registered = store.register(&ann, spec()).await.expect("registered");
    let version = registered.version.id;
    let manifest = serde_json::from_str(MANIFEST).expect("it is a manifest");
    let rendered = store.rendered(&ann, version, &manifest, "lock", &[]).await;
    rendered.expect("the rendering is stored");
    let artifact = Artifact {
        key: "key".to_owned(),
        sha256: "ab".repeat(32),
        size: 1,
        binary: "/cache/key".into(),
    };
    store.built(&ann, version, &artifact).await.expect("stored");
    store.mount(&ann, version).await.expect("it is mounted");
    let (key, sealed) = credential(&ann, registered.api.id);
    store
        .put_credential(&key, &sealed, 0)
        .await
        .expect("stored");
    for (table, count) in rows(&folder).await {
        assert_eq!(count, 1, "{table}");
    }

    store
        .delete_api(&ann, registered.api.id)
        .await
        .expect("deleted");
    for (table, count) in rows(&folder).await {
        assert_eq!(count, 0, "{table}");
    }
}

/// How many rows each table has in which an API has some.
async fn rows(folder: &Folder) -> Vec<(String, i64)> {
    let mut connection = connected(&folder.database()).await;
    sqlx::query_as(
        "SELECT 'apis', count(*) FROM apis
         UNION ALL SELECT 'versions', count(*) FROM versions
         UNION ALL SELECT 'specs', count(*) FROM specs
         UNION ALL SELECT 'renderings', count(*) FROM renderings
         UNION ALL SELECT 'tools', count(*) FROM tools
         UNION ALL SELECT 'credentials', count(*) FROM credentials
         UNION ALL SELECT 'mounts', count(*) FROM mounts
         UNION ALL SELECT 'deployments', count(*) FROM deployments",
    )
    .fetch_all(&mut connection)
    .await
    .expect("rows are counted")
}

fn entry(at: i64) -> AuditEntry {
    AuditEntry {
        at,
        action: "call".to_owned(),
        subject: "pets__list".to_owned(),
        outcome: Outcome::Refused,
        detail: String::new(),
    }
}

#[tokio::test]
async fn the_audit_log_is_append_only() {
    let folder = Folder::new();
    let store = opened(&folder.database()).await;
    let ann = ann(&store).await;
    store.audit(&ann.ctx, &[entry(1)]).await.expect("written");
    let mut connection = connected(&folder.database()).await;
    for statement in ["DELETE FROM audit", "UPDATE audit SET detail = 'other'"] {
        let refused = sqlx::raw_sql(statement).execute(&mut connection).await;
        let message = refused.expect_err("it is refused").to_string();
        assert!(message.contains("audit rows are never"), "{message}");
    }
}

#[tokio::test]
async fn each_tenant_has_a_chain_of_its_own() {
    let folder = Folder::new();
    let store = opened(&folder.database()).await;
    let ours = ann(&store).await.ctx;
    let theirs = TenantCtx {
        tenant: Uuid::from_u128(1).into(),
        user: ours.user,
    };
    let mut connection = connected(&folder.database()).await;
    sqlx::query("INSERT INTO tenants (id, name) VALUES ($1, 'elsewhere')")
        .bind(Uuid::from(theirs.tenant))
        .execute(&mut connection)
        .await
        .expect("the tenant is written");
    sqlx::query("INSERT INTO users SELECT $1, id, name, role FROM users")
        .bind(Uuid::from(theirs.tenant))
        .execute(&mut connection)
        .await
        .expect("the user is written");
    for (at, ctx) in [(1, ours), (2, theirs), (3, ours), (4, theirs), (5, ours)] {
        store.audit(&ctx, &[entry(at)]).await.expect("written");
    }
    assert_eq!(store.verify_audit(&ours).await.expect("untouched"), 3);
    assert_eq!(store.verify_audit(&theirs).await.expect("untouched"), 2);
}

#[tokio::test]
async fn a_changed_audit_log_shows() {
    for tampering in [
        "UPDATE audit SET outcome = 'ok' WHERE number = 2",
        "UPDATE audit SET at = at + 1 WHERE number = 2",
        "UPDATE audit SET action = 'cal', subject = 'lpets__list' WHERE number = 2",
        "UPDATE audit SET user_id = (SELECT id FROM users WHERE name = 'bob') WHERE number = 2",
        "UPDATE audit SET hash = x'00' WHERE number = 3",
        "DELETE FROM audit WHERE number = 1",
        "DELETE FROM audit WHERE number = 2",
        "UPDATE audit SET number = CASE number WHEN 1 THEN -2 ELSE -1 END WHERE number < 3;
         UPDATE audit SET number = -number",
    ] {
        let folder = Folder::new();
        let store = opened(&folder.database()).await;
        let ann = ann(&store).await.ctx;
        store
            .add_user(&ann, "bob", Role::Member)
            .await
            .expect("made");
        let entries = [entry(1), entry(2), entry(3)];
        store.audit(&ann, &entries).await.expect("written");
        let verified = store.verify_audit(&ann).await;
        assert_eq!(verified.expect("it is untouched"), 3);

        let mut connection = connected(&folder.database()).await;
        sqlx::raw_sql("DROP TRIGGER audit_rows_stay; DROP TRIGGER audit_rows_do_not_change")
            .execute(&mut connection)
            .await
            .expect("the triggers are taken away");
        sqlx::raw_sql(tampering)
            .execute(&mut connection)
            .await
            .expect("it is tampered with");
        assert!(store.verify_audit(&ann).await.is_err(), "{tampering}");
    }
}
