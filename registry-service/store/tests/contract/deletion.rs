//! Deleting an API.

use super::{MANIFEST, World, assert_not_found, credential, sealed, slug};

pub async fn an_api_goes_with_all_that_hangs_on_it(world: &World) {
    let store = &world.store;
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    world.mounted(&world.ann, "pets", "2", MANIFEST).await;
    world
        .share(&world.ann, &registered, &world.bob, "animals")
        .await;
    let kept = world.mounted(&world.ann, "kept", "1", MANIFEST).await;
    for ctx in [world.ann, world.bob] {
        let key = credential(&ctx, &registered, "key");
        store
            .put_credential(&key, &sealed(1), 0)
            .await
            .expect("stored");
    }

    store
        .delete_api(&world.ann, registered.api.id)
        .await
        .expect("deleted");

    for ctx in [world.ann, world.bob] {
        assert_not_found(store.version(&ctx, registered.version.id).await);
        assert_not_found(store.spec(&ctx, registered.version.id).await);
        assert_not_found(store.manifest(&ctx, registered.version.id).await);
        assert_not_found(store.deployments(&ctx, registered.api.id).await);
        let key = credential(&ctx, &registered, "key");
        assert!(store.credential(&key).await.expect("it answers").is_none());
    }
    assert_eq!(world.tool_names(&world.bob).await, [""; 0]);
    assert_not_found(store.api(&world.bob, &slug("animals")).await);
    assert_not_found(store.delete_api(&world.ann, registered.api.id).await);

    let servers = store.desired(world.system()).await.expect("listed");
    assert_eq!(servers.len(), 1, "the other API is untouched");
    assert_eq!(servers[0].api, kept.api.id);
    assert_eq!(world.tool_names(&world.ann).await.len(), 2);

    let again = world.register(&world.ann, "pets", "1").await;
    assert_ne!(again.api.id, registered.api.id);
    assert_eq!((again.new, again.version.number), (true, 1));
}
