//! What a call needs, and what a grant allows.

use toolmill_core::{Grant, Origin, SecurityScheme, TenantCtx, ToolRoute};
use url::Url;

use super::{MANIFEST, OPEN_MANIFEST, World, assert_not_found, slug};

fn url(text: &str) -> Url {
    text.parse().expect("it is a URL")
}

fn origin(text: &str, literal: bool) -> Origin {
    Origin::of(&url(text), literal).expect("it has an origin")
}

async fn route(world: &World, ctx: &TenantCtx, tool: &str) -> ToolRoute {
    let route = world.store.tool_route(ctx, &slug("pets"), tool).await;
    route.expect("the tool is found")
}

fn grant(ctx: &TenantCtx, route: &ToolRoute) -> Grant {
    Grant {
        ctx: *ctx,
        api: route.deployment.api,
        version: route.deployment.version,
        server: route.deployment.key.clone(),
        tool: route.tool.clone(),
        deadline: 0,
        redirect: None,
    }
}

pub async fn a_route_says_where_and_with_what(world: &World) {
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    let list = route(world, &world.ann, "list").await;
    assert_eq!(list.tool, "list");
    assert_eq!((&*list.method, &*list.path), ("GET", "/pets"));
    assert_eq!(list.base, Some(url("https://pets.example/v1")));
    assert_eq!(list.origins, [origin("https://pets.example", false)]);
    assert_eq!(list.security, Vec::<Vec<String>>::new());
    assert_eq!(list.schemes, []);
    let servers = world.store.deployments(&world.ann, registered.api.id).await;
    assert_eq!(servers.expect("listed"), [list.deployment]);

    let add = route(world, &world.ann, "add").await;
    assert_eq!((&*add.method, &*add.path), ("POST", "/pets"));
    assert_eq!(add.base, Some(url("https://write.example/")));
    let own = "an operation's own server is no origin of the API";
    assert_eq!(
        add.origins,
        [origin("https://pets.example", false)],
        "{own}"
    );
    assert_eq!(add.security, [vec!["key", "token"], vec!["key"]]);
    let key = SecurityScheme::ApiKey {
        location: "header".to_owned(),
        name: "X-Key".to_owned(),
    };
    let token = SecurityScheme::Http {
        scheme: "bearer".to_owned(),
    };
    assert_eq!(
        add.schemes,
        [("key".to_owned(), key), ("token".to_owned(), token)]
    );
}

pub async fn a_base_url_is_the_only_origin(world: &World) {
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    let url: Url = "http://127.0.0.1:9/v1".parse().expect("it is a URL");
    let set = world
        .store
        .set_base_url(&world.ann, registered.api.id, Some(&url));
    set.await.expect("the URL is set");
    for tool in ["list", "add"] {
        let route = route(world, &world.ann, tool).await;
        assert_eq!(route.origins, [origin("http://127.0.0.1:9", true)]);
        assert_eq!(route.base.as_ref(), Some(&url));
    }
}

pub async fn a_grant_opens_the_route_it_was_given_for(world: &World) {
    world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    let route = route(world, &world.ann, "add").await;
    let given = grant(&world.ann, &route);
    let granted = world.store.granted_route(world.system(), &given).await;
    assert_eq!(granted.expect("it is granted"), route);
}

pub async fn a_grant_opens_nothing_else(world: &World) {
    let store = &world.store;
    let system = world.system();
    world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    world.mounted(&world.bob, "pets", "1", MANIFEST).await;
    let given = grant(&world.ann, &route(world, &world.ann, "add").await);
    let other = grant(&world.bob, &route(world, &world.bob, "add").await);
    for altered in [
        Grant {
            ctx: world.bob,
            ..given.clone()
        },
        Grant {
            ctx: world.mixed(&world.eve, &world.ann),
            ..given.clone()
        },
        Grant {
            api: other.api,
            ..given.clone()
        },
        Grant {
            version: other.version,
            ..given.clone()
        },
        Grant {
            server: other.server,
            ..given.clone()
        },
        Grant {
            tool: "list2".to_owned(),
            ..given.clone()
        },
    ] {
        assert_not_found(store.granted_route(system, &altered).await);
    }
    store
        .granted_route(system, &given)
        .await
        .expect("the control is granted");
}

pub async fn a_call_under_way_outlives_a_switch_but_not_its_mount(world: &World) {
    let store = &world.store;
    let system = world.system();
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    let given = grant(&world.ann, &route(world, &world.ann, "add").await);
    world.mounted(&world.ann, "pets", "2", OPEN_MANIFEST).await;
    let granted = store.granted_route(system, &given).await;
    assert_eq!(
        granted.expect("it may finish").deployment.version,
        registered.version.id
    );

    let url: Url = "http://127.0.0.1:9/".parse().expect("it is a URL");
    let set = store.set_base_url(&world.ann, registered.api.id, Some(&url));
    set.await.expect("the URL is set");
    assert_not_found(store.granted_route(system, &given).await);
    let set = store.set_base_url(&world.ann, registered.api.id, None);
    set.await.expect("the URL is taken away");
    store
        .granted_route(system, &given)
        .await
        .expect("it is as it was");

    store
        .unmount(&world.ann, &slug("pets"))
        .await
        .expect("unmounted");
    assert_not_found(store.granted_route(system, &given).await);
}

pub async fn a_grant_of_a_shared_server_is_of_its_user(world: &World) {
    let store = &world.store;
    let registered = world.mounted(&world.ann, "pets", "1", OPEN_MANIFEST).await;
    let given = grant(&world.ann, &route(world, &world.ann, "find").await);
    let system = world.system();
    store
        .granted_route(system, &given)
        .await
        .expect("it is granted");
    let bobs = Grant {
        ctx: world.bob,
        ..given
    };
    assert_not_found(store.granted_route(system, &bobs).await);
    world
        .share(&world.ann, &registered, &world.bob, "pets")
        .await;
    let granted = store.granted_route(system, &bobs).await;
    assert_eq!(granted.expect("it is granted").deployment.user, None);
}

pub async fn a_server_is_its_users_or_its_owners(world: &World) {
    let (store, system) = (&world.store, world.system());
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    world
        .share(&world.ann, &registered, &world.bob, "pets")
        .await;
    for user in [&world.ann, &world.bob] {
        let key = route(world, user, "add").await.deployment.key;
        let owner = store.owner_of_server(system, &key).await;
        assert_eq!(owner.expect("it is known"), Some(*user));
    }
    let shared = world.mounted(&world.ann, "pets", "2", OPEN_MANIFEST).await;
    let key = route(world, &world.bob, "find").await.deployment.key;
    let owner = store.owner_of_server(system, &key).await;
    assert_eq!(owner.expect("it is known"), Some(world.ann));
    let deleted = store.delete_api(&world.ann, shared.api.id).await;
    deleted.expect("it is deleted");
    let owner = store.owner_of_server(system, &key).await;
    assert_eq!(owner.expect("it is answered"), None);
}
