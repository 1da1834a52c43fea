//! The registry's state, and what is done with an API as a whole.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::Semaphore;
use toolmill_core::{
    Api, ApiId, AuditEntry, Builder, EngineKind, MountChanges, NewVersion, Outcome, Registered,
    Result, Servers, Slug, Store, SystemCtx, TenantCtx, User, VersionId,
};
use toolmill_generator::Limits;
use toolmill_vault::Vault;

use crate::admission::{Admission, Import};
use crate::example::Examples;
use crate::pipeline::{self, Events};

/// What a registry is put together from.
pub struct Parts {
    pub store: Arc<dyn Store>,
    pub vault: Arc<Vault>,
    pub builder: Arc<dyn Builder>,
    pub servers: Arc<dyn Servers>,
    pub changes: Arc<dyn MountChanges>,
    pub examples: Arc<dyn Examples>,
    /// The program's version and what runs the servers, for `/version`.
    pub version: &'static str,
    pub engine: EngineKind,
    /// Names this instance where engines keep several apart.
    pub instance: String,
    /// What is taken of a specification.
    pub limits: Limits,
}

pub struct Registry {
    pub(crate) parts: Parts,
    pub(crate) events: Events,
    /// Versions that a task is bringing along right now.
    running: Mutex<HashSet<VersionId>>,
    /// Parsing and rendering take a core each; more of them at once only wait longer.
    pub(crate) workers: Semaphore,
    pub(crate) admission: Admission,
}

impl Registry {
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        Arc::new(Self {
            parts,
            events: Events::default(),
            running: Mutex::default(),
            workers: Semaphore::new(workers),
            admission: Admission::default(),
        })
    }

    /// Stores the bytes and starts to bring them along. The answer comes
    /// at once; [`Registry::events`] tells how it goes.
    ///
    /// # Errors
    /// Where the slug is taken, or the store does not answer.
    pub(crate) async fn register(
        self: &Arc<Self>,
        ctx: &TenantCtx,
        mut new: NewVersion,
        import: Import,
    ) -> Result<Registered> {
        let example = self.prepare_example(&mut new).await?;
        let registered = self.parts.store.register(ctx, new).await?;
        if let Some(running) = &example {
            self.lend_credentials(ctx, &registered.api, running).await?;
        }
        self.note(ctx, "api.register", registered.api.slug.as_str())
            .await;
        self.bring_along(ctx, registered.version.id, import);
        Ok(registered)
    }

    /// Takes up what an earlier process left: the examples' upstreams, the
    /// servers, and versions between two steps.
    ///
    /// # Errors
    /// Where the store or the engine does not answer.
    pub async fn resume(self: &Arc<Self>, system: SystemCtx) -> Result<()> {
        self.revive_examples(system).await?;
        self.parts.servers.reconcile().await?;
        for (ctx, version) in self.parts.store.unfinished(system).await? {
            self.bring_along(&ctx, version.id, self.admission.resumed(&ctx));
        }
        Ok(())
    }

    /// Forgets an API of the caller's, or takes another's out of the caller's
    /// namespace.
    ///
    /// # Errors
    /// Where there is no such API, or the store does not answer.
    pub async fn remove(&self, ctx: &TenantCtx, slug: &Slug) -> Result<()> {
        let store = &self.parts.store;
        let api = store.api(ctx, slug).await?;
        let affected = store.users_of(ctx, api.id).await?;
        if api.owner == ctx.user {
            store.delete_api(ctx, api.id).await?;
        } else {
            store.unmount(ctx, slug).await?;
        }
        self.note(ctx, "api.remove", slug.as_str()).await;
        for user in affected {
            self.parts.changes.changed(&user);
        }
        self.parts.servers.reconcile().await
    }

    /// Mounts an API of the caller's for another user of the tenant.
    ///
    /// # Errors
    /// Where there is no such API or user, or the user's namespace has the slug.
    pub async fn share(&self, ctx: &TenantCtx, slug: &Slug, with: &User) -> Result<()> {
        let api = self.parts.store.api(ctx, slug).await?;
        self.parts.store.share(ctx, api.id, with, slug).await?;
        self.note(ctx, "api.share", &format!("{slug} with {}", with.name))
            .await;
        self.parts.changes.changed(&TenantCtx {
            tenant: ctx.tenant,
            user: with.id,
        });
        self.parts.servers.reconcile().await
    }

    /// Starts the caller's server of an API, anew where `restart` says so, and
    /// waits until it runs.
    ///
    /// # Errors
    /// Where the API is not mounted yet, or its server does not start.
    pub async fn deploy(&self, ctx: &TenantCtx, api: ApiId, restart: bool) -> Result<()> {
        self.parts.servers.reconcile().await?;
        for deployment in self.parts.store.deployments(ctx, api).await? {
            if restart {
                self.parts.servers.restart(&deployment.key).await?;
            }
            drop(
                self.parts
                    .servers
                    .lease(&deployment, pipeline::START_DEADLINE)
                    .await?,
            );
        }
        Ok(())
    }

    #[must_use]
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// The caller's API of this name.
    pub(crate) async fn api(&self, ctx: &TenantCtx, slug: &Slug) -> Result<Api> {
        self.parts.store.api(ctx, slug).await
    }

    /// Writes an audit row. That it could not be written must not undo what
    /// was done, so it is only logged.
    pub(crate) async fn note(&self, ctx: &TenantCtx, action: &str, subject: &str) {
        let entry = AuditEntry {
            at: now_ms(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            outcome: Outcome::Ok,
            detail: String::new(),
        };
        if let Err(error) = self.parts.store.audit(ctx, &[entry]).await {
            tracing::error!(%error, action, "an audit row was lost");
        }
    }

    fn bring_along(self: &Arc<Self>, ctx: &TenantCtx, version: VersionId, import: Import) {
        if !self.lock_running().insert(version) {
            return;
        }
        self.events.begin(version);
        let (registry, ctx) = (Arc::clone(self), *ctx);
        tokio::spawn(async move {
            let turn = import.turn().await;
            pipeline::run(&registry, &ctx, version).await;
            drop((turn, import));
            registry.lock_running().remove(&version);
            registry.events.end(version);
        });
    }

    fn lock_running(&self) -> std::sync::MutexGuard<'_, HashSet<VersionId>> {
        self.running
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    now_ms() / 1000
}

fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}
