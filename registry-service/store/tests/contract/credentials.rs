//! Sealed credentials.

use toolmill_core::CredentialInfo;

use super::{MANIFEST, World, assert_not_found, credential, sealed};

pub async fn a_credential_is_kept_replaced_and_forgotten(world: &World) {
    let store = &world.store;
    let registered = world.register(&world.ann, "pets", "1").await;
    let key = credential(&world.ann, &registered, "key");
    assert!(store.credential(&key).await.expect("it answers").is_none());

    for (byte, now) in [(1, 10), (2, 20)] {
        let stored = store.put_credential(&key, &sealed(byte), now).await;
        stored.expect("the credential is stored");
        let found = store.credential(&key).await.expect("it answers");
        assert!(found == Some(sealed(byte)));
        let known = store.credentials(&world.ann, registered.api.id).await;
        let info = CredentialInfo {
            scheme: "key".to_owned(),
            updated_at: now,
        };
        assert_eq!(known.expect("listed"), [info]);
    }
    for _ in 0..2 {
        let deleted = store.delete_credential(&key).await;
        deleted.expect("deleting again changes nothing");
        assert!(store.credential(&key).await.expect("it answers").is_none());
    }
}

pub async fn each_user_and_scheme_has_its_own(world: &World) {
    let store = &world.store;
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    world
        .share(&world.ann, &registered, &world.bob, "pets")
        .await;
    let keys = [
        credential(&world.ann, &registered, "key"),
        credential(&world.ann, &registered, "token"),
        credential(&world.bob, &registered, "key"),
    ];
    for (byte, key) in (1..).zip(&keys) {
        let stored = store.put_credential(key, &sealed(byte), 0).await;
        stored.expect("the credential is stored");
    }
    for (byte, key) in (1..).zip(&keys) {
        let found = store.credential(key).await.expect("it answers");
        assert!(found == Some(sealed(byte)));
    }
    for (ctx, expected) in [(world.ann, &["key", "token"][..]), (world.bob, &["key"])] {
        let known = store.credentials(&ctx, registered.api.id).await;
        let known = known.expect("they are listed");
        let schemes: Vec<&str> = known.iter().map(|info| info.scheme.as_str()).collect();
        assert_eq!(schemes, expected);
    }
    store.delete_credential(&keys[0]).await.expect("deleted");
    assert!(
        store
            .credential(&keys[1])
            .await
            .expect("it answers")
            .is_some()
    );
    assert!(
        store
            .credential(&keys[2])
            .await
            .expect("it answers")
            .is_some()
    );
}

pub async fn there_is_none_for_what_is_not_there(world: &World) {
    let store = &world.store;
    let registered = world.register(&world.ann, "pets", "1").await;
    store
        .delete_api(&world.ann, registered.api.id)
        .await
        .expect("deleted");
    let key = credential(&world.ann, &registered, "key");
    assert_not_found(store.put_credential(&key, &sealed(1), 0).await);
    assert_not_found(store.delete_credential(&key).await);
    assert_not_found(store.credentials(&world.ann, registered.api.id).await);
    assert!(store.credential(&key).await.expect("it answers").is_none());
}
