//! Ids need not differ for tenants to be apart: each query names its tenant,
//! whatever else it names. Here two tenants have the same users, APIs and
//! versions by id, and differ in all the rest. Which of two rows a query that
//! forgot its tenant would take is not known, so both take each part.

use toolmill_core::{CredentialKey, Isolation, Role, TenantCtx, TokenHash};

use super::isolation::{Prize, attempts, entry, estate, prize};
use super::{
    MANIFEST, World, artifact, assert_conflict, assert_not_found, credential, new_version, parsed,
    sealed, slug,
};

pub async fn the_first_does_not_reach_the_second(world: &World) {
    let (prize, twin) = twins(world).await;
    stay_apart(world, &prize, &world.ann, &twin).await;
}

pub async fn the_second_does_not_reach_the_first(world: &World) {
    let (prize, twin) = twins(world).await;
    stay_apart(world, &prize, &twin, &world.ann).await;
}

async fn twins(world: &World) -> (Prize, TenantCtx) {
    let prize = prize(world).await;
    world.register(&world.ann, "later", "1").await;
    let before = estate(world, &prize, &world.ann).await;
    let twin = (world.twin)(world.ann).await;
    assert_eq!(estate(world, &prize, &world.ann).await, before);
    // A server's key depends on the tenant: this makes the twin's its own.
    world.register(&twin, "pets", "1").await;
    (prize, twin)
}

async fn stay_apart(world: &World, prize: &Prize, ours: &TenantCtx, theirs: &TenantCtx) {
    let before = estate(world, prize, ours).await;
    diverge(world, prize, theirs).await;
    assert_eq!(estate(world, prize, ours).await, before);
    let version = prize.registered.version.id;
    let manifest = parsed(MANIFEST);
    let rendered = world
        .store
        .rendered(ours, version, &manifest, "lock", &[])
        .await;
    rendered.expect("the rendering is stored again, after theirs");
    assert_eq!(estate(world, prize, ours).await, before);

    let before = estate(world, prize, theirs).await;
    act(world, prize, ours).await;
    assert_eq!(estate(world, prize, theirs).await, before);
    let kept = world.store.credential(&bobs(world, prize, theirs)).await;
    assert!(kept.expect("it answers") == Some(sealed(5)));
    sign_in(world, ours, theirs).await;
}

/// Changes everything that can be changed and leaves the ids as they are.
async fn diverge(world: &World, prize: &Prize, theirs: &TenantCtx) {
    let store = &world.store;
    let (api, version) = (prize.registered.api.id, prize.registered.version.id);
    let mut manifest = parsed(MANIFEST);
    manifest.tools[1].title = "Other".to_owned();
    manifest.tools[1].security = Vec::new();
    let rendered = store
        .rendered(theirs, version, &manifest, "theirs", &[])
        .await;
    rendered.expect("the rendering is stored");
    let built = store.built(theirs, version, &artifact("theirs")).await;
    built.expect("the artifact is stored");
    let url = "https://theirs.example/".parse().expect("it is a URL");
    store
        .set_base_url(theirs, api, Some(&url))
        .await
        .expect("the URL is set");
    store
        .share(theirs, api, &prize.bob, &slug("beasts"))
        .await
        .expect("it is shared");
    for (key, byte) in [
        (credential(theirs, &prize.registered, "key"), 3),
        (credential(theirs, &prize.registered, "other"), 4),
        (bobs(world, prize, theirs), 5),
    ] {
        store
            .put_credential(&key, &sealed(byte), 2)
            .await
            .expect("stored");
    }
    store
        .add_user(theirs, "zoe", Role::Member)
        .await
        .expect("the user is made");
    store.audit(theirs, &[entry(2)]).await.expect("written");
    world.register(theirs, "toys", "theirs").await;
    world.register(theirs, "later", "2").await;
    let mut newer = new_version("pets", "newer");
    newer.isolation = Some(Isolation::Shared);
    let newer = store.register(theirs, newer).await.expect("registered");
    world.build(theirs, newer.version.id, MANIFEST).await;
    let rendered = store.rendered(theirs, newer.version.id, &manifest, "newer", &[]);
    rendered.await.expect("the rendering is stored");
    store
        .mount(theirs, newer.version.id)
        .await
        .expect("mounted");
}

/// Does everything with the same ids.
async fn act(world: &World, prize: &Prize, ours: &TenantCtx) {
    let store = &world.store;
    let bob = world.mixed(ours, &world.bob);
    let unchanged = world.register(ours, "pets", "1").await;
    assert!(!unchanged.new, "the twin's newer version is not ours");
    let toys = world.register(ours, "toys", "ours").await;
    assert_eq!((toys.new, toys.version.number), (true, 1));

    assert_not_found(store.version(&bob, prize.registered.version.id).await);
    world.share(ours, &prize.registered, &bob, "animals").await;
    let key = bobs(world, prize, ours);
    store
        .put_credential(&key, &sealed(6), 3)
        .await
        .expect("stored");
    store
        .unmount(&bob, &slug("animals"))
        .await
        .expect("it is unmounted");
    let gone = store.credential(&key).await.expect("it answers");
    assert!(gone.is_none());

    let servers = store.deployments(ours, prize.registered.api.id).await;
    let prize = Prize {
        registered: prize.registered.clone(),
        server: servers.expect("listed")[0].key.clone(),
        bob: prize.bob.clone(),
    };
    for (method, reached) in attempts(world, &prize, ours).await {
        assert!(reached, "the owner reached nothing by `{method}`");
    }
}

async fn sign_in(world: &World, ours: &TenantCtx, theirs: &TenantCtx) {
    for (ctx, other) in [(ours, theirs), (theirs, ours)] {
        let token = TokenHash::of(&ctx.tenant.to_string());
        let stored = world.store.put_token(ctx, &token, "first").await;
        stored.expect("the token is stored");
        assert_conflict(world.store.put_token(other, &token, "taken").await);
        let principal = world.store.authenticate(&token).await;
        let principal = principal.expect("it answers").expect("it signs in");
        assert_eq!(principal.ctx, *ctx);
    }
}

fn bobs(world: &World, prize: &Prize, ctx: &TenantCtx) -> CredentialKey {
    credential(&world.mixed(ctx, &world.bob), &prize.registered, "key")
}
