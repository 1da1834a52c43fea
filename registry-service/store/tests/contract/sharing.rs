//! An API in somebody else's namespace.

use toolmill_core::{Isolation, Step, TenantCtx, User, UserId};

use super::{
    MANIFEST, OPEN_MANIFEST, World, artifact, assert_conflict, assert_forbidden, assert_not_found,
    credential, failure, new_version, parsed, sealed, slug,
};

pub async fn each_user_has_a_server(world: &World) {
    let store = &world.store;
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    world
        .share(&world.ann, &registered, &world.bob, "animals")
        .await;

    assert_eq!(
        world.tool_names(&world.bob).await,
        ["animals__list", "animals__add"]
    );
    let mounts = store.mounts(&world.bob).await.expect("listed");
    assert_eq!(mounts.len(), 1);
    assert!(!mounts[0].owned);

    let mut servers = Vec::new();
    for ctx in [world.ann, world.bob] {
        let found = store.deployments(&ctx, registered.api.id).await;
        let found = found.expect("servers are listed");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].user, Some(ctx.user));
        servers.extend(found);
    }
    let route = store.tool_route(&world.bob, &slug("animals"), "add").await;
    assert_eq!(route.expect("it is found").deployment, servers[1]);
    let mut users = store
        .users_of(&world.ann, registered.api.id)
        .await
        .expect("listed");
    users.sort_unstable();
    let mut expected = [world.ann, world.bob];
    expected.sort_unstable();
    assert_eq!(users, expected);
}

pub async fn others_give_credentials_again_when_an_api_moves(world: &World) {
    let store = &world.store;
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    world
        .share(&world.ann, &registered, &world.bob, "pets")
        .await;
    let put = async || {
        for ctx in [world.ann, world.bob] {
            let key = credential(&ctx, &registered, "key");
            store
                .put_credential(&key, &sealed(1), 1)
                .await
                .expect("put");
        }
    };
    let kept = async |ctx: &TenantCtx| {
        let key = credential(ctx, &registered, "key");
        store.credential(&key).await.expect("an answer").is_some()
    };

    put().await;
    world.mounted(&world.ann, "pets", "2", MANIFEST).await;
    assert!(kept(&world.bob).await, "control: the API stays where it is");
    let moved = MANIFEST.replace("https://pets.example", "https://elsewhere.example");
    world.mounted(&world.ann, "pets", "3", &moved).await;
    assert!(!kept(&world.bob).await, "its servers are others now");
    assert!(kept(&world.ann).await, "the owner moved it");

    put().await;
    let mut new = new_version("pets", "3");
    new.base_url = Some("https://somewhere.example".parse().expect("a URL"));
    store
        .register(&world.ann, new.clone())
        .await
        .expect("registered");
    assert!(!kept(&world.bob).await, "it has a base URL now");
    put().await;
    store.register(&world.ann, new).await.expect("registered");
    assert!(kept(&world.bob).await, "control: the same base URL again");
}

pub async fn a_shared_server_serves_all_until_the_last_leaves(world: &World) {
    let store = &world.store;
    let registered = world.mounted(&world.ann, "pets", "1", OPEN_MANIFEST).await;
    world
        .share(&world.ann, &registered, &world.bob, "pets")
        .await;
    let servers = store.desired(world.system()).await.expect("listed");
    assert_eq!(servers.len(), 1);
    assert_eq!(servers[0].user, None);
    for ctx in [world.ann, world.bob] {
        let route = store.tool_route(&ctx, &slug("pets"), "find").await;
        assert_eq!(route.expect("it is found").deployment, servers[0]);
    }
    store
        .unmount(&world.ann, &slug("pets"))
        .await
        .expect("unmounted");
    let found = store.deployments(&world.ann, registered.api.id).await;
    assert_eq!(found.expect("listed"), []);
    let left = store.desired(world.system()).await.expect("listed");
    assert_eq!(left, servers, "the other still has it");
    store
        .unmount(&world.bob, &slug("pets"))
        .await
        .expect("unmounted");
    let left = store.desired(world.system()).await.expect("listed");
    assert_eq!(left, []);
}

pub async fn a_new_version_reaches_everybody_at_once(world: &World) {
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    world
        .share(&world.ann, &registered, &world.bob, "animals")
        .await;
    let second = world.mounted(&world.ann, "pets", "2", OPEN_MANIFEST).await;
    assert_eq!(world.tool_names(&world.bob).await, ["animals__find"]);
    let servers = world.store.desired(world.system()).await.expect("listed");
    assert_eq!(servers.len(), 1, "no credentials: one server for all");
    assert_eq!(servers[0].version, second.version.id);

    let mut apart = new_version("pets", "2");
    apart.isolation = Some(Isolation::User);
    world
        .store
        .register(&world.ann, apart)
        .await
        .expect("registered");
    let servers = world.store.desired(world.system()).await.expect("listed");
    assert_eq!(servers.len(), 2);
}

pub async fn what_is_shared_before_it_is_mounted_appears_later(world: &World) {
    let registered = world.register(&world.ann, "pets", "1").await;
    world
        .share(&world.ann, &registered, &world.bob, "pets")
        .await;
    assert_eq!(world.tool_names(&world.bob).await, [""; 0]);
    world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    assert_eq!(world.tool_names(&world.bob).await.len(), 2);
}

pub async fn who_it_is_shared_with_may_look_but_not_change(world: &World) {
    let store = &world.store;
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    world
        .share(&world.ann, &registered, &world.bob, "pets")
        .await;
    let (bob, api, version) = (&world.bob, registered.api.id, registered.version.id);

    assert_eq!(store.apis(bob).await.expect("listed").len(), 1);
    assert_eq!(store.versions(bob, api).await.expect("listed").len(), 1);
    store.version(bob, version).await.expect("it may be seen");
    store.manifest(bob, version).await.expect("it may be seen");
    let planned = store.planned(bob, version).await.expect("it is built");
    assert_eq!(planned.user, Some(bob.user));

    assert_forbidden(store.set_base_url(bob, api, None).await);
    assert_forbidden(store.delete_api(bob, api).await);
    assert_forbidden(store.reached(bob, version, Step::Build).await);
    assert_forbidden(store.failed(bob, version, &failure(Step::Build)).await);
    let manifest = parsed(OPEN_MANIFEST);
    assert_forbidden(store.rendered(bob, version, &manifest, "", &[]).await);
    assert_forbidden(store.built(bob, version, &artifact("evil")).await);
    assert_forbidden(store.mount(bob, version).await);
    let user = world.user(bob).await;
    assert_forbidden(store.share(bob, api, &user, &slug("mine")).await);
    assert_eq!(world.tool_names(&world.ann).await.len(), 2);
}

pub async fn names_do_not_collide(world: &World) {
    let store = &world.store;
    let shared = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    let other = world.mounted(&world.ann, "shop", "2", MANIFEST).await;
    let bob = world.user(&world.bob).await;
    world.register(&world.bob, "own", "3").await;

    let api = shared.api.id;
    assert_conflict(store.share(&world.ann, api, &bob, &slug("own")).await);
    world.share(&world.ann, &shared, &world.bob, "pets").await;
    world.share(&world.ann, &shared, &world.bob, "pets").await;
    assert_conflict(store.share(&world.ann, api, &bob, &slug("cats")).await);
    let other = other.api.id;
    assert_conflict(store.share(&world.ann, other, &bob, &slug("pets")).await);
    assert_conflict(store.register(&world.bob, new_version("pets", "4")).await);
    let found = store.api(&world.bob, &slug("pets")).await.expect("found");
    assert_eq!(found.id, shared.api.id);
}

pub async fn nothing_is_shared_across_tenants(world: &World) {
    let store = &world.store;
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    let eve = world.user(&world.eve).await;
    let nobody = User {
        id: UserId::generate(),
        ..eve.clone()
    };
    for user in [eve, nobody] {
        let api = registered.api.id;
        assert_not_found(store.share(&world.ann, api, &user, &slug("pets")).await);
    }
    assert_eq!(
        store
            .users_of(&world.ann, registered.api.id)
            .await
            .expect("listed"),
        [world.ann]
    );
}

pub async fn who_leaves_takes_the_credentials_along(world: &World) {
    let store = &world.store;
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    world
        .share(&world.ann, &registered, &world.bob, "pets")
        .await;
    let key = |ctx: &TenantCtx| credential(ctx, &registered, "key");
    for ctx in [world.ann, world.bob] {
        let stored = store.put_credential(&key(&ctx), &sealed(1), 5).await;
        stored.expect("the credential is stored");
        store.unmount(&ctx, &slug("pets")).await.expect("unmounted");
    }
    assert!(
        store
            .credential(&key(&world.bob))
            .await
            .expect("it answers")
            .is_none()
    );
    assert_not_found(store.version(&world.bob, registered.version.id).await);
    let kept = store
        .credential(&key(&world.ann))
        .await
        .expect("it answers");
    assert!(kept.is_some(), "the owner's stay with the API");
}
