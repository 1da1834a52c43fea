//! Registering, and the way of a version.

use futures_util::future::join_all;
use toolmill_core::{Isolation, SpecFormat, Step, VersionId};
use url::Url;

use super::{
    MANIFEST, OPEN_MANIFEST, World, artifact, assert_not_found, diagnostic, failure, new_version,
    parsed, slug,
};

pub async fn unchanged_bytes_make_no_new_version(world: &World) {
    let first = world.register(&world.ann, "pets", "{}").await;
    assert!(first.new);
    assert_eq!(first.version.number, 1);
    assert_eq!(first.version.reached, Step::Register);
    assert_eq!(first.version.created_at, 1_700_000_000);
    assert_eq!(
        first.version.spec_sha256,
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );

    let again = world.register(&world.ann, "pets", "{}").await;
    assert!(!again.new);
    assert_eq!(again.version, first.version);
    assert_eq!(again.api, first.api);

    let changed = world.register(&world.ann, "pets", "{ }").await;
    assert!(changed.new);
    assert_eq!(changed.version.number, 2);
    assert_eq!(changed.api.id, first.api.id);

    let back = world.register(&world.ann, "pets", "{}").await;
    assert!(back.new, "only the newest version counts");
    assert_eq!(back.version.number, 3);

    let mut as_yaml = new_version("pets", "{}");
    as_yaml.format = SpecFormat::Yaml;
    let as_yaml = world.store.register(&world.ann, as_yaml).await;
    assert!(as_yaml.expect("it is registered").new);
}

pub async fn a_failed_version_can_be_tried_again(world: &World) {
    let first = world.register(&world.ann, "pets", "{}").await;
    let version = first.version.id;
    let failed = failure(Step::Build);
    let stored = world.store.failed(&world.ann, version, &failed).await;
    stored.expect("the failure is stored");
    let found = world.store.version(&world.ann, version).await;
    assert_eq!(found.expect("it is found").failure, Some(failed));

    let again = world.register(&world.ann, "pets", "{}").await;
    assert!(again.new);
    assert_eq!(again.version.number, 2);
    assert_eq!(again.version.failure, None);
}

pub async fn a_version_goes_its_way(world: &World) {
    let store = &world.store;
    let ann = &world.ann;
    let registered = world.register(ann, "pets", "{}").await;
    let id = registered.version.id;
    assert_eq!(store.spec(ann, id).await.expect("it is kept"), b"{}");
    assert_not_found(store.manifest(ann, id).await);
    let lock = store.lock_file(ann, registered.api.id).await;
    assert_eq!(lock.expect("the store answers"), None);

    store.reached(ann, id, Step::Parse).await.expect("stored");
    let manifest = parsed(MANIFEST);
    let findings = [diagnostic()];
    let rendered = store.rendered(ann, id, &manifest, "lock 1", &findings);
    rendered.await.expect("the rendering is stored");
    let version = store.version(ann, id).await.expect("it is found");
    assert_eq!(version.reached, Step::Render);
    assert_eq!(version.tools, 2);
    assert_eq!(version.diagnostics, [diagnostic()]);

    let kept = store.manifest(ann, id).await.expect("it is kept");
    let text = serde_json::to_string(&kept).expect("it is JSON");
    assert_eq!(text, serde_json::to_string(&manifest).expect("it is JSON"));
    assert!(
        text.contains("9007199254740993"),
        "numbers keep their digits"
    );

    let built = store.built(ann, id, &artifact("one")).await;
    built.expect("the artifact is stored");
    let version = store.version(ann, id).await.expect("it is found");
    assert_eq!(version.reached, Step::Build);
    assert_eq!(version.artifact, Some(artifact("one")));

    store.mount(ann, id).await.expect("it is mounted");
    let version = store.version(ann, id).await.expect("it is found");
    assert_eq!(version.reached, Step::Mount);
    let api = store.api(ann, &slug("pets")).await.expect("it is found");
    assert_eq!(api.current, Some(id));
}

pub async fn bringing_along_again_changes_nothing(world: &World) {
    let store = &world.store;
    let ann = &world.ann;
    let registered = world.mounted(ann, "pets", "{}", MANIFEST).await;
    let id = registered.version.id;
    let before = store.version(ann, id).await.expect("it is found");
    let tools = store.mounted_tools(ann, 0, 10).await.expect("listed");
    let servers = store.desired(world.system()).await.expect("listed");

    store.reached(ann, id, Step::Parse).await.expect("stored");
    world.build(ann, id, MANIFEST).await;
    store.mount(ann, id).await.expect("it is mounted");

    let after = store.version(ann, id).await.expect("it is found");
    assert_eq!(after, before);
    let tools_after = store.mounted_tools(ann, 0, 10).await.expect("listed");
    assert_eq!(tools_after, tools);
    let servers_after = store.desired(world.system()).await.expect("listed");
    assert_eq!(servers_after, servers);
}

pub async fn progress_ends_a_failure(world: &World) {
    let store = &world.store;
    let ann = &world.ann;
    let id = world.register(ann, "pets", "{}").await.version.id;
    store.reached(ann, id, Step::Parse).await.expect("stored");
    let failed = store.failed(ann, id, &failure(Step::Lower)).await;
    failed.expect("stored");
    let version = store.version(ann, id).await.expect("it is found");
    assert_eq!(version.reached, Step::Parse);
    store.reached(ann, id, Step::Lower).await.expect("stored");
    let version = store.version(ann, id).await.expect("it is found");
    assert_eq!((version.reached, version.failure), (Step::Lower, None));
}

pub async fn versions_come_newest_first(world: &World) {
    let ann = &world.ann;
    for spec in ["1", "2", "3"] {
        world.register(ann, "pets", spec).await;
    }
    let api = world.register(ann, "pets", "3").await.api;
    world.register(ann, "other", "4").await;
    let versions = world.store.versions(ann, api.id).await.expect("listed");
    let numbers: Vec<u32> = versions.iter().map(|version| version.number).collect();
    assert_eq!(numbers, [3, 2, 1]);
}

pub async fn the_lock_file_is_of_the_newest_rendering(world: &World) {
    let store = &world.store;
    let ann = &world.ann;
    let first = world.register(ann, "pets", "1").await;
    let manifest = parsed(OPEN_MANIFEST);
    let rendered = store.rendered(ann, first.version.id, &manifest, "lock 1", &[]);
    rendered.await.expect("stored");
    let second = world.register(ann, "pets", "2").await;
    let lock = store
        .lock_file(ann, first.api.id)
        .await
        .expect("it answers");
    assert_eq!(lock.as_deref(), Some("lock 1"));
    let rendered = store.rendered(ann, second.version.id, &manifest, "lock 2", &[]);
    rendered.await.expect("stored");
    let lock = store
        .lock_file(ann, first.api.id)
        .await
        .expect("it answers");
    assert_eq!(lock.as_deref(), Some("lock 2"));
}

pub async fn a_restart_finds_what_is_unfinished(world: &World) {
    let store = &world.store;
    world.mounted(&world.ann, "mounted", "1", MANIFEST).await;
    let failed = world.register(&world.ann, "failed", "2").await;
    let why = failure(Step::Parse);
    let stored = store.failed(&world.ann, failed.version.id, &why);
    stored.await.expect("stored");
    world.register(&world.bob, "pets", "old").await;
    let ours = world.register(&world.bob, "pets", "new").await;
    let theirs = world.register(&world.eve, "pets", "new").await;
    store
        .reached(&world.eve, theirs.version.id, Step::Build)
        .await
        .expect("stored");

    let unfinished = store.unfinished(world.system()).await.expect("listed");
    let found: Vec<_> = unfinished
        .iter()
        .map(|(ctx, version)| (*ctx, version.id))
        .collect();
    assert_eq!(found.len(), 2, "{unfinished:?}");
    assert!(found.contains(&(world.bob, ours.version.id)));
    assert!(found.contains(&(world.eve, theirs.version.id)));
}

pub async fn what_is_not_given_stays(world: &World) {
    let store = &world.store;
    let ann = &world.ann;
    let url: Url = "http://127.0.0.1:9/v1".parse().expect("it is a URL");
    let mut new = new_version("pets", "1");
    new.base_url = Some(url.clone());
    new.isolation = Some(Isolation::Shared);
    let first = store.register(ann, new).await.expect("registered").api;
    assert_eq!(first.base_url.as_ref(), Some(&url));
    assert_eq!(first.isolation, Isolation::Shared);

    let second = world.register(ann, "pets", "2").await.api;
    assert_eq!(second, first);

    let other: Url = "https://other.example/".parse().expect("it is a URL");
    let mut new = new_version("pets", "2");
    new.base_url = Some(other.clone());
    let third = store.register(ann, new).await.expect("registered");
    assert!(!third.new, "the bytes are the same");
    assert_eq!(third.api.base_url, Some(other));
}

pub async fn examples_are_found_and_can_be_replaced(world: &World) {
    let store = &world.store;
    let url: Url = "http://127.0.0.1:9/".parse().expect("it is a URL");
    let mut new = new_version("pets", "1");
    new.base_url = Some(url.clone());
    new.example = Some("petstore".to_owned());
    let api = store
        .register(&world.eve, new)
        .await
        .expect("registered")
        .api;
    world.register(&world.ann, "pets", "1").await;
    let examples = store.examples(world.system()).await.expect("listed");
    assert_eq!(examples, [(world.eve, api)]);

    let replaced = world.register(&world.eve, "pets", "2").await.api;
    assert_eq!(replaced.example, None);
    assert_eq!(replaced.base_url, None, "it was the example's own upstream");
    let examples = store.examples(world.system()).await.expect("listed");
    assert_eq!(examples, []);
}

pub async fn registering_at_once_makes_one_api(world: &World) {
    let specs: Vec<String> = (0..8).map(|number| number.to_string()).collect();
    let registered = join_all(
        specs
            .iter()
            .map(|spec| world.register(&world.ann, "pets", spec)),
    )
    .await;
    let mut numbers: Vec<u32> = registered.iter().map(|one| one.version.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(world.store.apis(&world.ann).await.expect("listed").len(), 1);
}

pub async fn unknown_ids_are_not_found(world: &World) {
    let store = &world.store;
    let unknown = VersionId::generate();
    assert_not_found(store.version(&world.ann, unknown).await);
    assert_not_found(store.spec(&world.ann, unknown).await);
    assert_not_found(store.mount(&world.ann, unknown).await);
    assert_not_found(store.reached(&world.ann, unknown, Step::Parse).await);
    assert_not_found(store.api(&world.ann, &slug("pets")).await);
    let ctx = world.mixed(&world.ann, &world.eve);
    assert_not_found(store.register(&ctx, new_version("pets", "1")).await);
}

pub async fn a_name_given_twice_is_refused_whole(world: &World) {
    let ann = &world.ann;
    let id = world.register(ann, "pets", "1").await.version.id;
    let mut twice = parsed(MANIFEST);
    twice.tools[1].name = twice.tools[0].name.clone();
    let refused = world.store.rendered(ann, id, &twice, "lock", &[]).await;
    assert!(matches!(refused, Err(toolmill_core::Error::Invalid { .. })));
    let version = world.store.version(ann, id).await.expect("it is found");
    assert_eq!((version.reached, version.tools), (Step::Register, 0));
    assert_not_found(world.store.manifest(ann, id).await);
}
