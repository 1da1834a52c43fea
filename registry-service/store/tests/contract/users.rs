//! Users and their tokens.

use toolmill_core::{Error, Role, TenantCtx, TokenHash};

use super::{World, assert_conflict, assert_not_found};

pub async fn a_user_is_ensured_once(world: &World) {
    let system = world.system();
    let first = world.store.ensure_user(system, "carol", Role::Admin).await;
    let again = world.store.ensure_user(system, "carol", Role::Member).await;
    let first = first.expect("the user is made");
    assert_eq!(first, again.expect("the user is found"));
    assert_eq!(first.role, Role::Admin);
    assert_eq!(first.ctx.tenant, world.ann.tenant);

    let namesake = world.store.ensure_user(system, "eve", Role::Member).await;
    let namesake = namesake.expect("the user is made");
    assert_eq!(namesake.ctx.tenant, world.ann.tenant);
    assert_ne!(namesake.ctx.user, world.eve.user);
}

pub async fn a_token_signs_its_user_in(world: &World) {
    let token = TokenHash::of("tm_1");
    let nobody = world.store.authenticate(&token).await;
    assert_eq!(nobody.expect("the store answers"), None);

    for label in ["laptop", "desktop"] {
        let stored = world.store.put_token(&world.ann, &token, label).await;
        stored.expect("the token is stored");
    }
    let principal = world.store.authenticate(&token).await;
    let principal = principal.expect("the store answers").expect("it signs in");
    assert_eq!(principal.ctx, world.ann);
    assert_eq!(principal.name, "ann");
    assert_eq!(principal.role, Role::Admin);
}

pub async fn a_token_is_never_taken_over(world: &World) {
    let token = TokenHash::of("tm_1");
    let stored = world.store.put_token(&world.ann, &token, "laptop").await;
    stored.expect("the token is stored");
    for other in [world.bob, world.eve] {
        assert_conflict(world.store.put_token(&other, &token, "mine").await);
    }
    let principal = world.store.authenticate(&token).await;
    let principal = principal.expect("the store answers").expect("it signs in");
    assert_eq!(principal.ctx, world.ann);
}

pub async fn nobody_signs_in_as_who_is_not_there(world: &World) {
    for ctx in [
        world.mixed(&world.ann, &world.eve),
        world.mixed(&world.eve, &world.ann),
    ] {
        let token = TokenHash::of("tm_2");
        assert_not_found(world.store.put_token(&ctx, &token, "forged").await);
        assert_not_found(world.store.add_user(&ctx, "mallory", Role::Admin).await);
        assert_not_found(world.store.user_named(&ctx, "ann").await);
        let users = world.store.users(&ctx).await.expect("the store answers");
        assert_eq!(users, []);
    }
}

pub async fn names_are_unique_within_a_tenant(world: &World) {
    let store = &world.store;
    assert_conflict(store.add_user(&world.ann, "bob", Role::Member).await);
    let namesake = store.add_user(&world.eve, "bob", Role::Member).await;
    let namesake = namesake.expect("another tenant may have the name");

    let found = store.user_named(&world.ann, "bob").await;
    assert_eq!(found.expect("the user is found").id, world.bob.user);
    let found = store.user_named(&world.eve, "bob").await;
    assert_eq!(found.expect("the user is found"), namesake);
    assert_not_found(store.user_named(&world.ann, "eve").await);

    let names = |users: Vec<toolmill_core::User>| -> Vec<String> {
        users.into_iter().map(|user| user.name).collect()
    };
    let ours = store.users(&world.ann).await.expect("users are listed");
    assert_eq!(names(ours), ["ann", "bob"]);
    let theirs = store.users(&world.eve).await.expect("users are listed");
    assert_eq!(names(theirs), ["bob", "eve"]);
}

pub async fn a_new_user_has_an_empty_world(world: &World) {
    world
        .mounted(&world.ann, "pets", "{}", super::MANIFEST)
        .await;
    let user = world.store.add_user(&world.ann, "dora", Role::Member).await;
    let dora = TenantCtx {
        tenant: world.ann.tenant,
        user: user.expect("the user is made").id,
    };
    assert_eq!(world.store.apis(&dora).await.expect("it answers"), []);
    assert_eq!(world.tool_names(&dora).await, [""; 0]);
}

pub async fn names_that_would_not_show_are_refused(world: &World) {
    let long = "n".repeat(65);
    for name in ["", " ann", "ann ", "a\nb", "a\u{7f}", &long] {
        let refused = world.store.add_user(&world.ann, name, Role::Member).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{name:?}");
    }
    for name in ["Ann Äpfel", "ann@example.org", &long[..64]] {
        let added = world.store.add_user(&world.ann, name, Role::Member).await;
        assert_eq!(added.expect("it is a name").name, name);
    }
}
