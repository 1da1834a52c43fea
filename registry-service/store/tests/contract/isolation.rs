//! Nobody reaches what is somebody else's: every method of the ports that
//! takes a context, called by four strangers with the ids of one user's data,
//! and by that user as the control.

use toolmill_core::{
    AuditEntry, Error, Grant, Outcome, Registered, Result, ServerKey, Step, TenantCtx, User,
};

use super::{MANIFEST, World, artifact, credential, diagnostic, failure, parsed, sealed, slug};

/// Something of Ann's to try for.
pub struct Prize {
    pub registered: Registered,
    pub server: ServerKey,
    pub bob: User,
}

/// What a call came to.
trait Came {
    /// Whether it reached anything.
    fn reached(&self) -> bool;
}

impl Came for () {
    fn reached(&self) -> bool {
        true
    }
}

impl<T> Came for Vec<T> {
    fn reached(&self) -> bool {
        !self.is_empty()
    }
}

impl<T> Came for Option<T> {
    fn reached(&self) -> bool {
        self.is_some()
    }
}

/// Whether the call reached anything. No other error than not found may come.
fn reached<T: Came>(result: Result<T>) -> bool {
    match result {
        Ok(came) => came.reached(),
        Err(Error::NotFound { .. }) => false,
        Err(other) => panic!("it is neither reached nor hidden: {other}"),
    }
}

fn one<T>(result: Result<T>) -> bool {
    reached(result.map(drop))
}

/// Calls every method with the prize's ids; what destroys comes last.
pub async fn attempts(world: &World, prize: &Prize, ctx: &TenantCtx) -> Vec<(&'static str, bool)> {
    let mut all = reads(world, prize, ctx).await;
    all.extend(writes(world, prize, ctx).await);
    all
}

async fn reads(world: &World, prize: &Prize, ctx: &TenantCtx) -> Vec<(&'static str, bool)> {
    let store = &world.store;
    let (api, version) = (prize.registered.api.id, prize.registered.version.id);
    let pets = slug("pets");
    let grant = Grant {
        ctx: *ctx,
        api,
        version,
        server: prize.server.clone(),
        tool: "add".to_owned(),
        deadline: 0,
        redirect: None,
    };
    let key = credential(ctx, &prize.registered, "key");
    vec![
        ("api", one(store.api(ctx, &pets).await)),
        ("apis", reached(store.apis(ctx).await)),
        ("versions", reached(store.versions(ctx, api).await)),
        ("version", one(store.version(ctx, version).await)),
        ("spec", reached(store.spec(ctx, version).await)),
        ("lock_file", reached(store.lock_file(ctx, api).await)),
        ("manifest", one(store.manifest(ctx, version).await)),
        ("credential", reached(store.credential(&key).await)),
        ("credentials", reached(store.credentials(ctx, api).await)),
        ("mounts", reached(store.mounts(ctx).await)),
        (
            "mounted_tools",
            reached(store.mounted_tools(ctx, 0, 9).await),
        ),
        ("tool_route", one(store.tool_route(ctx, &pets, "add").await)),
        (
            "granted_route",
            one(store.granted_route(world.system(), &grant).await),
        ),
        ("users_of", reached(store.users_of(ctx, api).await)),
        ("planned", one(store.planned(ctx, version).await)),
        ("deployments", reached(store.deployments(ctx, api).await)),
        ("audit_log", reached(store.audit_log(ctx, 9).await)),
    ]
}

async fn writes(world: &World, prize: &Prize, ctx: &TenantCtx) -> Vec<(&'static str, bool)> {
    let store = &world.store;
    let (api, version) = (prize.registered.api.id, prize.registered.version.id);
    let manifest = parsed(MANIFEST);
    let findings = [diagnostic()];
    let rendered = store
        .rendered(ctx, version, &manifest, "other", &findings)
        .await;
    let key = credential(ctx, &prize.registered, "key");
    let url = "https://evil.example/".parse().expect("it is a URL");
    let animals = slug("animals");
    vec![
        (
            "put_credential",
            one(store.put_credential(&key, &sealed(9), 9).await),
        ),
        (
            "set_base_url",
            one(store.set_base_url(ctx, api, Some(&url)).await),
        ),
        (
            "failed",
            one(store.failed(ctx, version, &failure(Step::Build)).await),
        ),
        (
            "reached",
            one(store.reached(ctx, version, Step::Call).await),
        ),
        ("rendered", one(rendered)),
        (
            "built",
            one(store.built(ctx, version, &artifact("evil")).await),
        ),
        ("mount", one(store.mount(ctx, version).await)),
        (
            "share",
            one(store.share(ctx, api, &prize.bob, &animals).await),
        ),
        (
            "delete_credential",
            one(store.delete_credential(&key).await),
        ),
        ("unmount", one(store.unmount(ctx, &slug("pets")).await)),
        ("delete_api", one(store.delete_api(ctx, api).await)),
    ]
}

pub fn entry(at: i64) -> AuditEntry {
    AuditEntry {
        at,
        action: "call".to_owned(),
        subject: "pets__add".to_owned(),
        outcome: Outcome::Ok,
        detail: String::new(),
    }
}

pub async fn prize(world: &World) -> Prize {
    let registered = world.mounted(&world.ann, "pets", "1", MANIFEST).await;
    let key = credential(&world.ann, &registered, "key");
    let stored = world.store.put_credential(&key, &sealed(1), 1).await;
    stored.expect("the credential is stored");
    world
        .store
        .audit(&world.ann, &[entry(1)])
        .await
        .expect("written");
    let servers = world.store.deployments(&world.ann, registered.api.id).await;
    Prize {
        registered,
        server: servers.expect("listed")[0].key.clone(),
        bob: world.user(&world.bob).await,
    }
}

/// All that a user of the prize sees, to be compared.
pub async fn estate(world: &World, prize: &Prize, ctx: &TenantCtx) -> String {
    let store = &world.store;
    let (api, version) = (prize.registered.api.id, prize.registered.version.id);
    let key = credential(ctx, &prize.registered, "key");
    let credential = store.credential(&key).await.expect("it answers");
    let mut desired = store.desired(world.system()).await.expect("listed");
    desired.retain(|deployment| deployment.tenant == ctx.tenant);
    let mut unfinished = store.unfinished(world.system()).await.expect("listed");
    unfinished.retain(|(who, _)| who.tenant == ctx.tenant);
    let manifest = store.manifest(ctx, version).await.expect("found");
    let route = store.tool_route(ctx, &slug("pets"), "add").await;
    let route = route.expect("found");
    let grant = Grant {
        ctx: *ctx,
        api,
        version: route.deployment.version,
        server: route.deployment.key.clone(),
        tool: route.tool.clone(),
        deadline: 0,
        redirect: None,
    };
    let granted = store.granted_route(world.system(), &grant).await;
    format!(
        "{:?}",
        (
            store.apis(ctx).await.expect("listed"),
            store.versions(ctx, api).await.expect("listed"),
            store.version(ctx, version).await.expect("found"),
            store.lock_file(ctx, api).await.expect("it answers"),
            store.spec(ctx, version).await.expect("found"),
            store.mounts(ctx).await.expect("listed"),
            store.mounted_tools(ctx, 0, 9).await.expect("listed"),
            (route, granted.ok()),
            store.users_of(ctx, api).await.expect("listed"),
            store.deployments(ctx, api).await.expect("listed"),
            (desired, unfinished),
            (
                store.api(ctx, &slug("pets")).await.expect("found"),
                serde_json::to_string(&manifest).expect("it is JSON"),
                store.planned(ctx, version).await.expect("built"),
                credential.map(|sealed| sealed.ciphertext),
                store.credentials(ctx, api).await.expect("listed"),
                store.users(ctx).await.expect("listed"),
                store.audit_log(ctx, 9).await.expect("read"),
            ),
        )
    )
}

pub async fn strangers_reach_nothing(world: &World) {
    let prize = prize(world).await;
    let before = estate(world, &prize, &world.ann).await;
    let strangers = [
        ("another user", world.bob),
        ("another tenant", world.eve),
        (
            "the user in another tenant",
            world.mixed(&world.eve, &world.ann),
        ),
        (
            "a stranger in the tenant",
            world.mixed(&world.ann, &world.eve),
        ),
    ];
    for (who, stranger) in strangers {
        for (method, reached) in attempts(world, &prize, &stranger).await {
            assert!(!reached, "{who} reached something by `{method}`");
        }
        let after = estate(world, &prize, &world.ann).await;
        assert_eq!(after, before, "{who} changed it");
    }
    for (method, reached) in attempts(world, &prize, &world.ann).await {
        assert!(reached, "the owner reached nothing by `{method}`");
    }
}
