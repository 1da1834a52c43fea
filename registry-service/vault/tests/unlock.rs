//! Vault and store together: the right key, the wrong key, and what is on disk.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use toolmill_core::{
    Apis, CredentialKey, CredentialSource, Credentials, Error, NewVersion, Role, SpecFormat,
    SystemCtx, Users,
};
use toolmill_store::SqliteStore;
use toolmill_vault::{StoredCredentials, Vault, new_token};

const SENTINEL: &str = "sentinel-of-this-test";

async fn store(folder: &Path) -> SqliteStore {
    let store = SqliteStore::open(&folder.join("toolmill.db")).await;
    store.expect("the store opens")
}

async fn key(store: &SqliteStore) -> CredentialKey {
    let user = store.ensure_user(SystemCtx::for_the_platform(), "ann", Role::Admin);
    let ctx = user.await.expect("the user is made").ctx;
    let new = NewVersion {
        slug: "pets".parse().expect("it is a slug"),
        spec: b"{}".to_vec(),
        format: SpecFormat::Json,
        base_url: None,
        isolation: None,
        example: None,
        created_at: 0,
    };
    let registered = store.register(&ctx, new).await.expect("registered");
    CredentialKey {
        ctx,
        api: registered.api.id,
        scheme: "scheme-of-this-test".to_owned(),
    }
}

fn all_bytes(folder: &Path) -> Vec<u8> {
    let files = fs::read_dir(folder).expect("the folder is read");
    files
        .flat_map(|file| fs::read(file.expect("it is an entry").path()).expect("it is read"))
        .collect()
}

fn contains(bytes: &[u8], sought: &str) -> bool {
    bytes
        .windows(sought.len())
        .any(|window| window == sought.as_bytes())
}

#[tokio::test]
async fn a_credential_goes_in_and_comes_out() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let store = Arc::new(store(folder.path()).await);
    let vault = Arc::new(Vault::open(&folder.path().join("key")).expect("it opens"));
    let key = key(&store).await;
    let source = StoredCredentials::new(vault.clone(), store.clone());
    let none = source.reveal(&key).await.expect("it answers");
    assert!(none.is_none());

    for secret in [SENTINEL, "rotated"] {
        let sealed = vault.seal(&key, &secret.into()).expect("it is sealed");
        store
            .put_credential(&key, &sealed, 0)
            .await
            .expect("stored");
        let revealed = source.reveal(&key).await.expect("it opens");
        let revealed = revealed.expect("it is there");
        assert_eq!(revealed.expose_secret(), secret);
    }
}

#[tokio::test]
async fn nothing_on_the_disk_holds_the_secret() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let store = store(folder.path()).await;
    let vault = Vault::open(&folder.path().join("key")).expect("it opens");
    let unlocked = vault.unlock(SystemCtx::for_the_platform(), &store).await;
    unlocked.expect("it is unlocked");
    let key = key(&store).await;
    let sealed = vault.seal(&key, &SENTINEL.into()).expect("it is sealed");
    store
        .put_credential(&key, &sealed, 0)
        .await
        .expect("stored");
    let token = new_token().expect("a token is made");
    let hash = toolmill_core::TokenHash::of(token.expose_secret());
    store
        .put_token(&key.ctx, &hash, "label-of-this-test")
        .await
        .expect("stored");

    let open = all_bytes(folder.path());
    store.close().await;
    for bytes in [open, all_bytes(folder.path())] {
        assert!(
            contains(&bytes, "scheme-of-this-test"),
            "the control is found"
        );
        assert!(
            contains(&bytes, "label-of-this-test"),
            "the control is found"
        );
        assert!(!contains(&bytes, SENTINEL));
        assert!(!contains(&bytes, token.expose_secret()));
    }
}

#[tokio::test]
async fn the_wrong_key_is_refused_and_the_right_one_still_opens() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let system = SystemCtx::for_the_platform();
    let store = store(folder.path()).await;
    let path = folder.path().join("key");
    let vault = Vault::open(&path).expect("it opens");
    vault.unlock(system, &store).await.expect("it is unlocked");
    let key = key(&store).await;
    let sealed = vault.seal(&key, &SENTINEL.into()).expect("it is sealed");
    store
        .put_credential(&key, &sealed, 0)
        .await
        .expect("stored");

    let kept = folder.path().join("kept");
    fs::rename(&path, &kept).expect("the key is lost");
    let lost = Vault::open(&path).expect("a new one is made");
    // The same id, so that only the key itself can tell.
    let id = |path: &Path| {
        let text = fs::read_to_string(path).expect("it is read");
        let line = text.lines().last().expect("it has a key").to_owned();
        line.split_once(' ')
            .expect("it is an id and a key")
            .0
            .to_owned()
    };
    let text = fs::read_to_string(&path).expect("it is read");
    fs::write(&path, text.replace(&id(&path), &id(&kept))).expect("it is written");
    let renamed = Vault::open(&path).expect("it opens");
    for wrong in [lost, renamed] {
        let error = wrong
            .unlock(system, &store)
            .await
            .expect_err("it is refused");
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
        assert!(error.to_string().contains("was sealed with"), "{error}");
        assert!(
            error
                .hint()
                .expect("it says what to do")
                .contains("key file")
        );
    }

    fs::rename(&kept, &path).expect("the key is found");
    let vault = Vault::open(&path).expect("it opens");
    vault.unlock(system, &store).await.expect("it is unlocked");
    let source = StoredCredentials::new(Arc::new(vault), Arc::new(store));
    let revealed = source.reveal(&key).await.expect("it opens");
    assert_eq!(revealed.expect("it is there").expose_secret(), SENTINEL);
}

#[tokio::test]
async fn platform_keys_are_kept_by_name() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let system = SystemCtx::for_the_platform();
    let store = store(folder.path()).await;
    let mut keys = Vec::new();
    for name in ["one", "one", "two"] {
        let vault = Vault::open(&folder.path().join("key")).expect("it opens");
        let key = vault.platform_key(system, &store, name).await;
        keys.push(*key.expect("it opens").expose_secret());
    }
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2]);

    let other = Vault::open(&folder.path().join("other")).expect("it opens");
    assert!(other.platform_key(system, &store, "one").await.is_err());
}

#[test]
fn a_check_value_knows_its_key() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let one = Vault::open(&folder.path().join("one")).expect("it opens");
    let two = Vault::open(&folder.path().join("two")).expect("it opens");
    let check = one.check_value().expect("it is made");
    one.verify(&check).expect("it is this key's");
    assert!(two.verify(&check).is_err());
}

#[test]
fn tokens_are_long_and_never_the_same() {
    let tokens: Vec<SecretString> = (0..100)
        .map(|_| new_token().expect("a token is made"))
        .collect();
    let mut texts: Vec<&str> = tokens.iter().map(ExposeSecret::expose_secret).collect();
    for text in &texts {
        let random = text.strip_prefix("tm_").expect("it has the prefix");
        assert_eq!(random.len(), 43, "256 bits in base64url");
    }
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), 100);
    assert!(!format!("{tokens:?}").contains(&texts[0][3..]));
}
