//! Grants open unaltered, by whoever has the same store, and not otherwise.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tempfile::TempDir;
use toolmill_core::{
    ApiId, Error, Grant, Grants, ServerKey, SystemCtx, TenantCtx, TenantId, UserId, VersionId,
};
use toolmill_store::SqliteStore;
use toolmill_vault::{SealedGrants, Vault};

/// What a replica on this folder seals and opens grants with.
async fn replica(folder: &Path) -> SealedGrants {
    let store = SqliteStore::open(&folder.join("toolmill.db")).await;
    let store = store.expect("the store opens");
    let vault = Vault::open(&folder.join("key")).expect("the vault opens");
    let grants = vault.unlock(SystemCtx::for_the_platform(), &store).await;
    grants.expect("it is unlocked")
}

async fn grants() -> (TempDir, SealedGrants) {
    let folder = tempfile::tempdir().expect("a folder is made");
    let grants = replica(folder.path()).await;
    (folder, grants)
}

fn grant(tool: &str) -> Grant {
    let ctx = TenantCtx {
        tenant: TenantId::generate(),
        user: UserId::generate(),
    };
    let version = VersionId::generate();
    Grant {
        ctx,
        api: ApiId::generate(),
        version,
        server: ServerKey::derive("0123abcd", ctx.tenant, version, Some(ctx.user), None),
        tool: tool.to_owned(),
        deadline: 1_800_000_000_123,
        redirect: None,
    }
}

#[track_caller]
fn assert_refused(grants: &SealedGrants, sealed: &str) {
    match grants.open(sealed) {
        Err(Error::Forbidden { message }) => assert!(!message.contains("tool")),
        other => panic!("it is not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_grant_comes_back_as_it_was() {
    let (_folder, grants) = grants().await;
    let longest = "a".repeat(46);
    for tool in ["", "getPetById", "größe", &longest] {
        for (deadline, redirect) in [
            (i64::MIN, None),
            (0, Some([0; 32])),
            (1_800_000_000_123, Some([255; 32])),
            (i64::MAX, None),
        ] {
            let grant = Grant {
                deadline,
                redirect,
                ..grant(tool)
            };
            let sealed = grants.seal(&grant).expect("it is sealed");
            assert!(sealed.len() <= 300, "{}", sealed.len());
            let safe = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            assert!(sealed.bytes().all(safe), "{sealed}");
            assert_eq!(grants.open(&sealed).expect("it opens"), grant);
        }
    }
}

#[tokio::test]
async fn any_replica_opens_it_and_no_other_instance() {
    let (folder, grants) = grants().await;
    let grant = grant("getPetById");
    let sealed = grants.seal(&grant).expect("it is sealed");
    let replica = replica(folder.path()).await;
    assert_eq!(replica.open(&sealed).expect("it opens"), grant);
    let (_elsewhere, other) = self::grants().await;
    assert_refused(&other, &sealed);
}

#[tokio::test]
async fn no_two_are_alike_and_none_can_be_read() {
    let (_folder, grants) = grants().await;
    let grant = grant("getPetById");
    let mut seen = std::collections::HashSet::new();
    for _ in 0..2_000 {
        let sealed = grants.seal(&grant).expect("it is sealed");
        let bytes = URL_SAFE_NO_PAD.decode(&sealed).expect("it is base64url");
        assert!(!bytes.windows(10).any(|window| window == b"getPetById"));
        assert!(seen.insert(bytes[..24].to_vec()), "a nonce came twice");
    }
}

#[tokio::test]
async fn an_altered_one_is_refused() {
    let (_folder, grants) = grants().await;
    let grant = grant("getPetById");
    let sealed = grants.seal(&grant).expect("it is sealed");
    let bytes = URL_SAFE_NO_PAD.decode(&sealed).expect("it is base64url");
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[index] ^= 1 << bit;
            assert_refused(&grants, &URL_SAFE_NO_PAD.encode(changed));
        }
        assert_refused(&grants, &URL_SAFE_NO_PAD.encode(&bytes[..index]));
        assert_refused(&grants, &URL_SAFE_NO_PAD.encode(&bytes[index + 1..]));
    }
    for other in [
        String::new(),
        " ".to_owned(),
        format!("{sealed}="),
        format!("{sealed}A"),
        format!(" {sealed}"),
        sealed.replace(|c: char| c.is_ascii_digit(), "+"),
        "ä".repeat(100),
        "A".repeat(1_000_000),
    ] {
        assert_refused(&grants, &other);
    }
    assert_eq!(grants.open(&sealed).expect("the control opens"), grant);
}

#[tokio::test]
async fn nothing_of_the_key_is_printed() {
    let (_folder, grants) = grants().await;
    assert_eq!(format!("{grants:?}"), "SealedGrants { .. }");
}
