//! What every adapter of the store's ports does. An adapter's test file says
//! how to make a [`World`] and calls [`contract!`] with it.

pub mod audit;
pub mod credentials;
pub mod deletion;
pub mod isolation;
pub mod mounts;
pub mod routes;
pub mod secrets;
pub mod sharing;
pub mod twins;
pub mod users;
pub mod versions;

use std::any::Any;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use toolmill_core::{
    Artifact, CredentialKey, Diagnostic, Error, Failure, Manifest, NewVersion, PlatformSecrets,
    Problem, Registered, Result, SealedSecret, Severity, Slug, SpecFormat, Step, Store, SystemCtx,
    TenantCtx, User, VersionId,
};

/// A fresh store with two users of one tenant and one of another.
pub struct World {
    pub store: Arc<dyn Store>,
    pub secrets: Arc<dyn PlatformSecrets>,
    pub instance: String,
    pub ann: TenantCtx,
    pub bob: TenantCtx,
    /// Of another tenant.
    pub eve: TenantCtx,
    pub twin: Twin,
    /// Whatever must live as long as the store.
    pub _held: Box<dyn Any + Send + Sync>,
}

/// Copies all that a tenant has into a new tenant, every other id the same and
/// the specifications' bytes different, and gives the same user there.
pub type Twin = Box<dyn Fn(TenantCtx) -> BoxFuture<'static, TenantCtx> + Send + Sync>;

/// A test for each rule of the contract, in a world of its own.
macro_rules! contract {
    ($world:path: $($module:ident { $($test:ident),* $(,)? })*) => {
        $(mod $module {
            $(#[tokio::test]
            async fn $test() {
                crate::contract::$module::$test(&$world().await).await;
            })*
        })*
    };
}
pub(crate) use contract;

/// Two tools, the second with servers and security of its own.
pub const MANIFEST: &str = r##"{
    "api": {"slug": "pets", "title": "Pets", "version": "1"},
    "servers": ["https://pets.example/v1", "/relative", "https://pets.example/v2"],
    "securitySchemes": {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "token": {"type": "http", "scheme": "bearer"},
        "unused": {"type": "http", "scheme": "basic"}
    },
    "$defs": {"Pet": {"type": "object", "properties": {"id": {"type": "integer", "maximum": 9007199254740993}}}},
    "tools": [
        {"name": "list", "title": "List", "description": "GET /pets", "method": "GET", "path": "/pets",
         "annotations": {"readOnlyHint": true}, "inputSchema": {"type": "object"}},
        {"name": "add", "title": "Add", "description": "POST /pets", "method": "POST", "path": "/pets",
         "servers": ["https://write.example", "ftp://files.example"], "security": [["key", "token"], ["key"]],
         "annotations": {}, "inputSchema": {"type": "object", "properties": {"pet": {"$ref": "#/$defs/Pet"}}},
         "inputDefs": ["Pet"]}
    ]
}"##;

/// One tool and no security.
pub const OPEN_MANIFEST: &str = r#"{
    "api": {"slug": "pets", "title": "Pets", "version": "2"},
    "servers": ["https://pets.example"],
    "tools": [
        {"name": "find", "title": "Find", "description": "GET /find", "method": "GET", "path": "/find",
         "annotations": {}, "inputSchema": {"type": "object"}}
    ]
}"#;

impl World {
    pub fn system(&self) -> SystemCtx {
        SystemCtx::for_the_platform()
    }

    /// A context that is nobody's: a user of one tenant in another.
    pub fn mixed(&self, tenant: &TenantCtx, user: &TenantCtx) -> TenantCtx {
        TenantCtx {
            tenant: tenant.tenant,
            user: user.user,
        }
    }

    pub async fn register(&self, ctx: &TenantCtx, slug: &str, spec: &str) -> Registered {
        self.store
            .register(ctx, new_version(slug, spec))
            .await
            .expect("it is registered")
    }

    /// Brings a registered version to where it can be mounted.
    pub async fn build(&self, ctx: &TenantCtx, version: VersionId, manifest: &str) {
        self.store
            .rendered(ctx, version, &parsed(manifest), "lock", &[])
            .await
            .expect("the rendering is stored");
        self.store
            .built(ctx, version, &artifact(&version.to_string()))
            .await
            .expect("the artifact is stored");
    }

    /// Registers, builds and mounts.
    pub async fn mounted(
        &self,
        ctx: &TenantCtx,
        slug: &str,
        spec: &str,
        manifest: &str,
    ) -> Registered {
        let registered = self.register(ctx, slug, spec).await;
        self.build(ctx, registered.version.id, manifest).await;
        self.store
            .mount(ctx, registered.version.id)
            .await
            .expect("it is mounted");
        registered
    }

    pub async fn user(&self, ctx: &TenantCtx) -> User {
        let users = self.store.users(ctx).await.expect("users are listed");
        users
            .into_iter()
            .find(|user| user.id == ctx.user)
            .expect("the user is among them")
    }

    /// Shares an API of `from` with the user of `with`.
    pub async fn share(
        &self,
        from: &TenantCtx,
        registered: &Registered,
        with: &TenantCtx,
        as_slug: &str,
    ) {
        let user = self.user(with).await;
        self.store
            .share(from, registered.api.id, &user, &slug(as_slug))
            .await
            .expect("it is shared");
    }

    /// The names of a user's tools, as the hub shows them.
    pub async fn tool_names(&self, ctx: &TenantCtx) -> Vec<String> {
        let tools = self.store.mounted_tools(ctx, 0, 1000).await;
        tools
            .expect("tools are listed")
            .into_iter()
            .map(|tool| format!("{}__{}", tool.slug, tool.name))
            .collect()
    }
}

pub fn slug(text: &str) -> Slug {
    text.parse().expect("it is a slug")
}

pub fn parsed(manifest: &str) -> Manifest {
    serde_json::from_str(manifest).expect("it is a manifest")
}

pub fn new_version(slug: &str, spec: &str) -> NewVersion {
    NewVersion {
        slug: self::slug(slug),
        spec: spec.into(),
        format: SpecFormat::Json,
        base_url: None,
        isolation: None,
        example: None,
        created_at: 1_700_000_000,
    }
}

pub fn artifact(key: &str) -> Artifact {
    Artifact {
        key: key.to_owned(),
        sha256: "ab".repeat(32),
        size: 5_000_000_000,
        binary: format!("/cache/{key}").into(),
    }
}

pub fn failure(step: Step) -> Failure {
    let error = Error::unavailable("No linker was found.", "Install one.");
    Failure {
        step,
        problem: Problem::from(&error),
    }
}

pub fn diagnostic() -> Diagnostic {
    Diagnostic {
        code: "unsupported".to_owned(),
        severity: Severity::Warning,
        pointer: "/paths".to_owned(),
        line: 3,
        column: 7,
        message: "Not supported.".to_owned(),
        hint: None,
    }
}

pub fn credential(ctx: &TenantCtx, registered: &Registered, scheme: &str) -> CredentialKey {
    CredentialKey {
        ctx: *ctx,
        api: registered.api.id,
        scheme: scheme.to_owned(),
    }
}

pub fn sealed(byte: u8) -> SealedSecret {
    SealedSecret {
        key_id: "0123abcd".to_owned(),
        wrapped_key: vec![byte; 60],
        ciphertext: vec![byte; 40],
    }
}

#[track_caller]
pub fn assert_not_found<T>(result: Result<T>) {
    match result {
        Err(Error::NotFound { .. }) => {}
        Err(other) => panic!("not found was expected, not: {other}"),
        Ok(_) => panic!("not found was expected, not success"),
    }
}

#[track_caller]
pub fn assert_conflict<T>(result: Result<T>) {
    match result {
        Err(Error::Conflict { message, hint }) => {
            assert!(!message.is_empty() && !hint.is_empty());
        }
        Err(other) => panic!("a conflict was expected, not: {other}"),
        Ok(_) => panic!("a conflict was expected, not success"),
    }
}

#[track_caller]
pub fn assert_forbidden<T>(result: Result<T>) {
    match result {
        Err(Error::Forbidden { .. }) => {}
        Err(other) => panic!("forbidden was expected, not: {other}"),
        Ok(_) => panic!("forbidden was expected, not success"),
    }
}
