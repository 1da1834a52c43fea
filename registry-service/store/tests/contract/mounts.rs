//! Mounting, and the servers that follow from it.

use toolmill_core::{Deployment, Isolation, ServerKey, Step, TenantCtx, VersionId};
use url::Url;

use super::{
    MANIFEST, OPEN_MANIFEST, World, artifact, assert_conflict, assert_not_found, new_version, slug,
};

async fn desired(world: &World) -> Vec<Deployment> {
    let desired = world.store.desired(world.system()).await;
    desired.expect("servers are listed")
}

pub async fn only_what_is_built_is_mounted(world: &World) {
    let store = &world.store;
    let ann = &world.ann;
    let id = world.register(ann, "pets", "1").await.version.id;
    assert_conflict(store.mount(ann, id).await);
    assert_conflict(store.planned(ann, id).await);
    assert_eq!(store.mounts(ann).await.expect("listed"), []);

    world.build(ann, id, MANIFEST).await;
    let mount = store.mount(ann, id).await.expect("it is mounted");
    assert_eq!(mount.slug, slug("pets"));
    assert!(mount.owned);
    assert_eq!(store.mounts(ann).await.expect("listed"), [mount]);
}

pub async fn what_is_planned_is_what_is_mounted(world: &World) {
    let store = &world.store;
    for (name, manifest) in [("pets", MANIFEST), ("open", OPEN_MANIFEST)] {
        let registered = world.register(&world.ann, name, name).await;
        let id = registered.version.id;
        world.build(&world.ann, id, manifest).await;
        let planned = store.planned(&world.ann, id).await.expect("it is built");
        assert_eq!(planned.artifact, artifact(&id.to_string()));
        store.mount(&world.ann, id).await.expect("it is mounted");
        let found = store.deployments(&world.ann, registered.api.id).await;
        assert_eq!(found.expect("listed"), [planned]);
    }
}

pub async fn mounting_switches_the_version(world: &World) {
    let store = &world.store;
    let ann = &world.ann;
    let first = world.mounted(ann, "pets", "1", MANIFEST).await;
    let first_servers = desired(world).await;
    assert_eq!(world.tool_names(ann).await, ["pets__list", "pets__add"]);

    let second = world.register(ann, "pets", "2").await;
    world.build(ann, second.version.id, OPEN_MANIFEST).await;
    assert_eq!(world.tool_names(ann).await, ["pets__list", "pets__add"]);
    assert_eq!(
        desired(world).await,
        first_servers,
        "nothing is switched yet"
    );

    store.mount(ann, second.version.id).await.expect("mounted");
    assert_eq!(world.tool_names(ann).await, ["pets__find"]);
    assert_not_found(store.tool_route(ann, &slug("pets"), "list").await);
    let servers = desired(world).await;
    assert_eq!(servers.len(), 1);
    assert_eq!(servers[0].version, second.version.id);
    assert_ne!(servers[0].key, first_servers[0].key);

    store.mount(ann, first.version.id).await.expect("and back");
    assert_eq!(desired(world).await, first_servers);
}

pub async fn isolation_follows_the_version_unless_chosen(world: &World) {
    let ann = &world.ann;
    let api = |world: &World| {
        let store = world.store.clone();
        async move { store.api(ann, &slug("pets")).await.expect("it is found") }
    };
    world.register(ann, "pets", "1").await;
    assert_eq!(
        api(world).await.isolation,
        Isolation::User,
        "until it is known"
    );
    world.mounted(ann, "pets", "1", OPEN_MANIFEST).await;
    assert_eq!(api(world).await.isolation, Isolation::Shared);
    assert_eq!(desired(world).await[0].user, None);
    world.mounted(ann, "pets", "2", MANIFEST).await;
    assert_eq!(api(world).await.isolation, Isolation::User);
    assert_eq!(desired(world).await[0].user, Some(ann.user));

    let mut chosen = new_version("pets", "2");
    chosen.isolation = Some(Isolation::Shared);
    let registered = world.store.register(ann, chosen).await;
    assert!(!registered.expect("registered").new);
    assert_eq!(api(world).await.isolation, Isolation::Shared);
    assert_eq!(desired(world).await[0].user, None, "it is in force at once");
}

pub async fn a_key_names_what_a_server_serves(world: &World) {
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    let key = |version: VersionId, user, url: Option<&Url>| {
        ServerKey::derive(&world.instance, world.ann.tenant, version, user, url)
    };
    let version = registered.version.id;
    let servers = desired(world).await;
    assert_eq!(servers.len(), 1);
    assert_eq!(servers[0].key, key(version, Some(world.ann.user), None));
    assert_eq!(servers[0].tenant, world.ann.tenant);

    let url: Url = "http://127.0.0.1:9/".parse().expect("it is a URL");
    let store = &world.store;
    let set = store.set_base_url(&world.ann, registered.api.id, Some(&url));
    set.await.expect("the URL is set");
    let servers = desired(world).await;
    assert_eq!(servers.len(), 1);
    assert_eq!(
        servers[0].key,
        key(version, Some(world.ann.user), Some(&url))
    );
    assert_eq!(servers[0].base_url, Some(url));

    let set = store.set_base_url(&world.ann, registered.api.id, None);
    set.await.expect("the URL is taken away");
    let servers = desired(world).await;
    assert_eq!(servers[0].key, key(version, Some(world.ann.user), None));
    assert_eq!(servers[0].base_url, None);
}

pub async fn what_is_unmounted_can_be_mounted_again(world: &World) {
    let store = &world.store;
    let ann = &world.ann;
    let registered = world.mounted(ann, "pets", "1", MANIFEST).await;
    let before = desired(world).await;
    store.unmount(ann, &slug("pets")).await.expect("unmounted");
    assert_not_found(store.unmount(ann, &slug("pets")).await);
    assert_eq!(desired(world).await, []);
    assert_eq!(world.tool_names(ann).await, [""; 0]);
    assert_not_found(store.tool_route(ann, &slug("pets"), "list").await);
    let found = store.deployments(ann, registered.api.id).await;
    assert_eq!(found.expect("listed"), []);

    let api = store.api(ann, &slug("pets")).await;
    assert_eq!(api.expect("it is still theirs").id, registered.api.id);
    let version = store.version(ann, registered.version.id).await;
    assert_eq!(version.expect("it is found").reached, Step::Mount);
    store
        .mount(ann, registered.version.id)
        .await
        .expect("mounted");
    assert_eq!(desired(world).await, before);
}

pub async fn the_same_slug_is_free_to_everybody(world: &World) {
    let mut keys = Vec::new();
    for ctx in [world.ann, world.bob, world.eve] {
        let registered = world.mounted(&ctx, "pets", "1", MANIFEST).await;
        assert!(registered.new);
        assert_eq!(registered.version.number, 1);
        let found = world.store.deployments(&ctx, registered.api.id).await;
        keys.extend(found.expect("listed").into_iter().map(|one| one.key));
        assert_eq!(world.tool_names(&ctx).await.len(), 2);
    }
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 3, "each has a server of its own");
}

pub async fn tools_are_listed_by_slug_and_then_as_specified(world: &World) {
    let ann = &world.ann;
    world.mounted(ann, "zoo", "1", MANIFEST).await;
    world.mounted(ann, "ark", "2", OPEN_MANIFEST).await;
    let all = world.store.mounted_tools(ann, 0, 10).await.expect("listed");
    assert_eq!(
        world.tool_names(ann).await,
        ["ark__find", "zoo__list", "zoo__add"]
    );
    for offset in 0..4_usize {
        for limit in 0..4_usize {
            let page = page(world, ann, offset, limit).await;
            let end = (offset + limit).min(all.len());
            assert_eq!(page, all[offset.min(end)..end]);
        }
    }
    assert_eq!(all[2].method, "POST");
    assert_eq!(all[2].path, "/pets");
    let listing: serde_json::Value = serde_json::from_str(&all[2].listing).expect("it is JSON");
    assert_eq!(listing["name"], "add");
    let maximum = &listing["inputSchema"]["$defs"]["Pet"]["properties"]["id"]["maximum"];
    assert_eq!(maximum.to_string(), "9007199254740993");
}

async fn page(
    world: &World,
    ctx: &TenantCtx,
    offset: usize,
    limit: usize,
) -> Vec<toolmill_core::MountedTool> {
    let offset = u32::try_from(offset).expect("it is small");
    let limit = u32::try_from(limit).expect("it is small");
    let page = world.store.mounted_tools(ctx, offset, limit).await;
    page.expect("tools are listed")
}
