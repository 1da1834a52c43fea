//! Sealed credentials open where they were sealed for, and nowhere else.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use toolmill_core::{ApiId, CredentialKey, SealedSecret, TenantCtx, TenantId, UserId};
use toolmill_vault::Vault;

const SENTINEL: &str = "sentinel-of-this-test-ä";

fn vault() -> (TempDir, PathBuf, Vault) {
    let folder = tempfile::tempdir().expect("a folder is made");
    let path = folder.path().join("key");
    let vault = Vault::open(&path).expect("the vault opens");
    (folder, path, vault)
}

fn key() -> CredentialKey {
    CredentialKey {
        ctx: TenantCtx {
            tenant: TenantId::generate(),
            user: UserId::generate(),
        },
        api: ApiId::generate(),
        scheme: "api_key".to_owned(),
    }
}

fn seal(vault: &Vault, key: &CredentialKey) -> SealedSecret {
    let secret = SecretString::from(SENTINEL);
    vault.seal(key, &secret).expect("it is sealed")
}

#[track_caller]
fn assert_closed(vault: &Vault, key: &CredentialKey, sealed: &SealedSecret) {
    let error = vault.reveal(key, sealed).expect_err("it stays closed");
    let text = format!("{error} {error:?}");
    assert!(!text.contains("sentinel"), "{text}");
}

#[test]
fn what_was_sealed_opens() {
    let (_folder, path, vault) = vault();
    for secret in ["", "x", SENTINEL, &"long".repeat(100_000)] {
        let key = key();
        let sealed = vault.seal(&key, &secret.into()).expect("it is sealed");
        let opened = vault.reveal(&key, &sealed).expect("it opens");
        assert_eq!(opened.expose_secret(), secret);
        let again = Vault::open(&path).expect("the vault opens again");
        let opened = again.reveal(&key, &sealed).expect("it opens");
        assert_eq!(opened.expose_secret(), secret);
    }
}

#[test]
fn it_does_not_open_for_another() {
    let (_folder, _path, vault) = vault();
    let right = key();
    let sealed = seal(&vault, &right);
    let other = key();
    let tenant = TenantCtx {
        tenant: other.ctx.tenant,
        ..right.ctx
    };
    let user = TenantCtx {
        user: other.ctx.user,
        ..right.ctx
    };
    for wrong in [
        CredentialKey {
            ctx: tenant,
            ..right.clone()
        },
        CredentialKey {
            ctx: user,
            ..right.clone()
        },
        CredentialKey {
            api: other.api,
            ..right.clone()
        },
        CredentialKey {
            scheme: "api_ke".to_owned(),
            ..right.clone()
        },
        CredentialKey {
            scheme: "api_keyx".to_owned(),
            ..right.clone()
        },
    ] {
        assert_closed(&vault, &wrong, &sealed);
    }
    vault.reveal(&right, &sealed).expect("the control opens");
}

#[test]
fn its_parts_are_not_exchanged() {
    let (_folder, _path, vault) = vault();
    let key = key();
    let (one, two) = (seal(&vault, &key), seal(&vault, &key));
    assert!(one.ciphertext != two.ciphertext && one.wrapped_key != two.wrapped_key);
    for mixed in [
        SealedSecret {
            wrapped_key: two.wrapped_key.clone(),
            ..one.clone()
        },
        SealedSecret {
            ciphertext: two.ciphertext.clone(),
            ..one.clone()
        },
        SealedSecret {
            ciphertext: one.wrapped_key.clone(),
            ..one.clone()
        },
        SealedSecret {
            wrapped_key: one.ciphertext.clone(),
            ..one.clone()
        },
        SealedSecret {
            key_id: "00000000".to_owned(),
            ..one.clone()
        },
        SealedSecret {
            key_id: String::new(),
            ..one.clone()
        },
    ] {
        assert_closed(&vault, &key, &mixed);
    }
    vault.reveal(&key, &one).expect("the control opens");
}

#[test]
fn no_bit_of_it_is_changed() {
    let (_folder, _path, vault) = vault();
    let key = key();
    let sealed = seal(&vault, &key);
    for index in 0..sealed.ciphertext.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed.ciphertext[index] ^= 1 << bit;
            assert_closed(&vault, &key, &changed);
        }
    }
    for index in 0..sealed.wrapped_key.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed.wrapped_key[index] ^= 1 << bit;
            assert_closed(&vault, &key, &changed);
        }
    }
}

#[test]
fn no_byte_of_it_is_missing_or_added() {
    let (_folder, _path, vault) = vault();
    let key = key();
    let sealed = seal(&vault, &key);
    for length in 0..sealed.ciphertext.len() {
        let mut shorter = sealed.clone();
        shorter.ciphertext.truncate(length);
        assert_closed(&vault, &key, &shorter);
    }
    for length in 0..sealed.wrapped_key.len() {
        let mut shorter = sealed.clone();
        shorter.wrapped_key.truncate(length);
        assert_closed(&vault, &key, &shorter);
    }
    let mut longer = sealed.clone();
    longer.ciphertext.push(0);
    assert_closed(&vault, &key, &longer);
    let mut longer = sealed;
    longer.wrapped_key.push(0);
    assert_closed(&vault, &key, &longer);
}

#[test]
fn another_vault_opens_nothing() {
    let (_folder, _path, one) = vault();
    let (_other, _other_path, two) = vault();
    let key = key();
    let mut sealed = seal(&one, &key);
    assert_closed(&two, &key, &sealed);
    sealed.key_id = seal(&two, &key).key_id;
    assert_closed(&two, &key, &sealed);
}

#[test]
fn no_nonce_comes_twice() {
    let (_folder, _path, vault) = vault();
    let key = key();
    let mut nonces = std::collections::HashSet::new();
    for _ in 0..2_000 {
        let sealed = seal(&vault, &key);
        assert!(nonces.insert(sealed.wrapped_key[..12].to_vec()));
        assert!(nonces.insert(sealed.ciphertext[..12].to_vec()));
    }
}

#[test]
fn nothing_prints_a_secret() {
    let (_folder, path, vault) = vault();
    let file = std::fs::read_to_string(path).expect("it is read");
    let line = file.lines().last().expect("it has a key");
    let (id, encoded) = line.split_once(' ').expect("it is an id and a key");
    let secret = SecretString::from(SENTINEL);
    let printed = format!("{vault:?} {vault:#?} {secret:?}");
    assert!(printed.contains(id), "the control is printed: {printed}");
    assert!(!printed.contains(encoded));
    assert!(!printed.contains("sentinel"));
}
