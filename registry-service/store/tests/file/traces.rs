//! What deleting leaves in the file: nothing.

use toolmill_core::{
    ApiId, Apis, Artifact, CredentialKey, Credentials, Mounts, SealedSecret, TenantCtx,
};

use crate::{Folder, ann, connected, opened, spec};

const MANIFEST: &str = r#"{
    "api": {"slug": "pets", "title": "Pets", "version": "1"},
    "tools": [{"name": "list", "title": "List", "description": "GET /pets", "method": "GET",
               "path": "/pets", "annotations": {}, "inputSchema": {"type": "object"}}]
}"#;

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

fn contains(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}
