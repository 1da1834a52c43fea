//! The ports: what crates ask of each other.
//!
//! `store` implements [`Store`], `vault` the grants, `vault` and `store`
//! together the [`CredentialSource`], `deployer` the [`Builder`], the
//! [`Engine`]s and the [`Servers`], `hub` the [`EgressDoors`] and the
//! [`MountChanges`].

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::{
    Api, ApiId, Artifact, AuditEntry, BuildJob, CredentialInfo, CredentialKey, Deployment,
    Diagnostic, Endpoint, EngineKind, Failure, Grant, LogLine, Manifest, Mount, MountedTool,
    NewVersion, Principal, Progress, Registered, Result, Role, SealedSecret, ServerKey,
    ServerStatus, Slug, Step, SystemCtx, TenantCtx, TokenHash, ToolRoute, User, Version, VersionId,
};

/// All the persistent state there is.
pub trait Store: Users + Apis + Credentials + Mounts + Deployments + Audit {}

impl<T: Users + Apis + Credentials + Mounts + Deployments + Audit> Store for T {}

#[async_trait]
pub trait Users: Send + Sync {
    /// The user whose token hashes to `token`: the only question asked before
    /// it is known who asks.
    async fn authenticate(&self, token: &TokenHash) -> Result<Option<Principal>>;
    /// Makes sure that the local tenant has a user of this name, and says who it is.
    async fn ensure_user(&self, system: SystemCtx, name: &str, role: Role) -> Result<Principal>;
    /// A further user of the caller's tenant. A conflict where the name is taken.
    async fn add_user(&self, ctx: &TenantCtx, name: &str, role: Role) -> Result<User>;
    async fn user_named(&self, ctx: &TenantCtx, name: &str) -> Result<User>;
    async fn users(&self, ctx: &TenantCtx) -> Result<Vec<User>>;
    /// Lets `token` sign in as this context's user. `label` says what it is for.
    async fn put_token(&self, ctx: &TenantCtx, token: &TokenHash, label: &str) -> Result<()>;
}

/// APIs of one user, and the way of their versions.
#[async_trait]
pub trait Apis: Send + Sync {
    /// Stores the bytes as a new version of the API of this slug, and the API
    /// itself at first. Bytes equal to the newest version's make no new one.
    async fn register(&self, ctx: &TenantCtx, new: NewVersion) -> Result<Registered>;
    /// The API behind one of the user's mounts, or of the user's own that is
    /// not mounted yet.
    async fn api(&self, ctx: &TenantCtx, slug: &Slug) -> Result<Api>;
    async fn apis(&self, ctx: &TenantCtx) -> Result<Vec<Api>>;
    /// Changes where requests go. Only the owner may.
    async fn set_base_url(
        &self,
        ctx: &TenantCtx,
        api: ApiId,
        base_url: Option<&url::Url>,
    ) -> Result<()>;
    /// Forgets the API with its versions, mounts, credentials and deployments.
    /// Only the owner may.
    async fn delete_api(&self, ctx: &TenantCtx, api: ApiId) -> Result<()>;

    /// Newest first.
    async fn versions(&self, ctx: &TenantCtx, api: ApiId) -> Result<Vec<Version>>;
    async fn version(&self, ctx: &TenantCtx, version: VersionId) -> Result<Version>;
    async fn spec(&self, ctx: &TenantCtx, version: VersionId) -> Result<Vec<u8>>;
    /// The names pinned by the API's newest version that was rendered.
    async fn lock_file(&self, ctx: &TenantCtx, api: ApiId) -> Result<Option<String>>;
    /// Records that `step` succeeded.
    async fn reached(&self, ctx: &TenantCtx, version: VersionId, step: Step) -> Result<()>;
    async fn failed(&self, ctx: &TenantCtx, version: VersionId, failure: &Failure) -> Result<()>;
    /// Records what was generated: the manifest with its tools (readable by
    /// [`Mounts`] from then on), the lock file and the findings.
    async fn rendered(
        &self,
        ctx: &TenantCtx,
        version: VersionId,
        manifest: &Manifest,
        lock_file: &str,
        diagnostics: &[Diagnostic],
    ) -> Result<()>;
    async fn built(&self, ctx: &TenantCtx, version: VersionId, artifact: &Artifact) -> Result<()>;
    async fn manifest(&self, ctx: &TenantCtx, version: VersionId) -> Result<Manifest>;
    /// The newest version of each API of all tenants, where it has neither
    /// failed nor been mounted: what a restart has to take up again. The
    /// context is the owner's.
    async fn unfinished(&self, system: SystemCtx) -> Result<Vec<(TenantCtx, Version)>>;
    /// APIs of all tenants whose upstream is a bundled example.
    async fn examples(&self, system: SystemCtx) -> Result<Vec<(TenantCtx, Api)>>;
}

#[async_trait]
pub trait Credentials: Send + Sync {
    async fn put_credential(
        &self,
        key: &CredentialKey,
        sealed: &SealedSecret,
        now: i64,
    ) -> Result<()>;
    async fn credential(&self, key: &CredentialKey) -> Result<Option<SealedSecret>>;
    async fn delete_credential(&self, key: &CredentialKey) -> Result<()>;
    /// The schemes for which the user has stored one.
    async fn credentials(&self, ctx: &TenantCtx, api: ApiId) -> Result<Vec<CredentialInfo>>;
}

#[async_trait]
pub trait Mounts: Send + Sync {
    /// Makes `version` the one whose tools the API's users see, and mounts the
    /// API for its owner. Each user of the API gets a deployment of it.
    async fn mount(&self, ctx: &TenantCtx, version: VersionId) -> Result<Mount>;
    /// Mounts an API of the caller's for another user of the tenant.
    async fn share(&self, ctx: &TenantCtx, api: ApiId, with: &User, slug: &Slug) -> Result<Mount>;
    /// Takes an API out of the caller's namespace; its deployments go too.
    async fn unmount(&self, ctx: &TenantCtx, slug: &Slug) -> Result<()>;
    async fn mounts(&self, ctx: &TenantCtx) -> Result<Vec<Mount>>;
    /// The user's tools in order of slug and then of the specification, at
    /// most `limit`, from after the tool at `offset` on.
    async fn mounted_tools(
        &self,
        ctx: &TenantCtx,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<MountedTool>>;
    /// What a call of this tool needs; not found where the user has no such tool.
    async fn tool_route(&self, ctx: &TenantCtx, slug: &Slug, tool: &str) -> Result<ToolRoute>;
    /// What a grant allows: the route of its tool in its version, as long as
    /// the user has the API mounted and it has the base URL it had. That a newer
    /// version was mounted meanwhile does not matter: calls under way may finish.
    async fn granted_route(&self, system: SystemCtx, grant: &Grant) -> Result<ToolRoute>;
    /// Users (with their tenant) who have the API mounted.
    async fn users_of(&self, ctx: &TenantCtx, api: ApiId) -> Result<Vec<TenantCtx>>;
}

#[async_trait]
pub trait Deployments: Send + Sync {
    /// Every server that shall exist, of all tenants.
    async fn desired(&self, system: SystemCtx) -> Result<Vec<Deployment>>;
    /// The server that mounting `version` will desire for this user: it is
    /// started and proven before anybody sees the version. The version must be
    /// built.
    async fn planned(&self, ctx: &TenantCtx, version: VersionId) -> Result<Deployment>;
    /// Whose a server is: the user's that it serves, or the API's owner's where
    /// users share it. `None` where there shall be no such server.
    async fn owner_of_server(
        &self,
        system: SystemCtx,
        server: &ServerKey,
    ) -> Result<Option<TenantCtx>>;
    /// The servers of one API that serve this user.
    async fn deployments(&self, ctx: &TenantCtx, api: ApiId) -> Result<Vec<Deployment>>;
}

#[async_trait]
pub trait Audit: Send + Sync {
    async fn audit(&self, ctx: &TenantCtx, entries: &[AuditEntry]) -> Result<()>;
    /// The caller's own entries, newest first.
    async fn audit_log(&self, ctx: &TenantCtx, limit: u32) -> Result<Vec<AuditEntry>>;
}

/// Secrets of the platform itself, which no tenant owns: sealed by the vault,
/// kept next to what they protect, so that every replica finds the same ones.
#[async_trait]
pub trait PlatformSecrets: Send + Sync {
    async fn platform_secret(&self, system: SystemCtx, name: &str) -> Result<Option<SealedSecret>>;
    /// Keeps `sealed` under this name unless there is one already, and gives
    /// back the one that is kept.
    async fn keep_platform_secret(
        &self,
        system: SystemCtx,
        name: &str,
        sealed: &SealedSecret,
    ) -> Result<SealedSecret>;
}

/// Seals and opens grants. Both are quick and need no I/O.
pub trait Grants: Send + Sync {
    /// Text safe in an HTTP header.
    fn seal(&self, grant: &Grant) -> Result<String>;
    /// Forbidden where the text was not sealed here or was altered. The
    /// deadline is the caller's to check.
    fn open(&self, sealed: &str) -> Result<Grant>;
}

/// Gives out plaintext credentials: asked by the egress broker alone.
#[async_trait]
pub trait CredentialSource: Send + Sync {
    /// `None` where the user has stored none for the scheme.
    async fn reveal(&self, key: &CredentialKey) -> Result<Option<SecretString>>;
}

/// Makes a binary of a generated crate.
#[async_trait]
pub trait Builder: Send + Sync {
    /// Builds, unless an artifact of the same key is there.
    async fn build(&self, job: BuildJob, progress: &dyn Progress) -> Result<Artifact>;
}

/// Runs servers. Every verb may be repeated, and the engine reports by label:
/// nothing is remembered only in memory.
#[async_trait]
pub trait Engine: Send + Sync {
    fn kind(&self) -> EngineKind;
    /// Makes the server (image, container, folders) without starting it.
    async fn apply(&self, deployment: &Deployment) -> Result<()>;
    /// Starts or thaws it, and says where it listens. It may not answer yet:
    /// readiness is probed by whoever connects.
    async fn wake(&self, key: &ServerKey, deadline: Duration) -> Result<Endpoint>;
    async fn idle(&self, key: &ServerKey) -> Result<()>;
    /// Takes away every trace of it.
    async fn remove(&self, key: &ServerKey) -> Result<()>;
    /// The servers of this instance that are there.
    async fn list(&self) -> Result<Vec<ServerStatus>>;
    /// The last `tail` lines it wrote, oldest first.
    async fn logs(&self, key: &ServerKey, tail: usize) -> Result<Vec<LogLine>>;
    /// Takes away what belongs to no server of `keep`: images, folders, leftovers.
    async fn sweep(&self, keep: &[Deployment]) -> Result<()>;
}

/// Servers as the hub sees them: there when needed.
#[async_trait]
pub trait Servers: Send + Sync {
    /// Wakes the server where it sleeps, and keeps it awake while the lease lives.
    async fn lease(&self, deployment: &Deployment, deadline: Duration) -> Result<Lease>;
    /// Hears that a leased server does not answer at its endpoint: the next
    /// lease looks again whether it runs, and starts it where it does not.
    fn lost(&self, key: &ServerKey);
    /// Makes what the store desires so, and takes away what it does not, but
    /// for servers on lease.
    async fn reconcile(&self) -> Result<()>;
    async fn status(&self) -> Result<BTreeMap<ServerKey, ServerStatus>>;
    async fn restart(&self, key: &ServerKey) -> Result<()>;
    async fn logs(&self, key: &ServerKey, tail: usize) -> Result<Vec<LogLine>>;
}

/// The right to use an awake server.
pub struct Lease {
    pub endpoint: Endpoint,
    _held: Box<dyn Send + Sync>,
}

impl Lease {
    /// `held` is dropped with the lease.
    pub fn new(endpoint: Endpoint, held: impl Send + Sync + 'static) -> Self {
        Self {
            endpoint,
            _held: Box::new(held),
        }
    }
}

/// The egress broker's side of the servers' sockets.
#[async_trait]
pub trait EgressDoors: Send + Sync {
    /// Listens for this server at `folder`/`egress.sock`, until closed. Opening
    /// an open door changes nothing.
    async fn open(&self, key: &ServerKey, folder: &Path) -> Result<()>;
    async fn close(&self, key: &ServerKey);
}

/// Hears that a user's tools have changed.
pub trait MountChanges: Send + Sync {
    fn changed(&self, ctx: &TenantCtx);
}
