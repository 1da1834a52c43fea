//! deploy: servers that are there when they are called, and cost little when
//! they are not.

mod reconcile;
mod server;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use toolmill_core::{
    Deployment, Deployments, EgressDoors, Endpoint, Engine, Error, Lease, LogLine, Result,
    ServerKey, ServerState, ServerStatus, Servers, SystemCtx,
};

use crate::engine::SocketDirs;
use server::{Found, Server};

/// When a server nobody uses is put to rest.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    /// After this long it is paused, or stopped where that is not possible.
    pub idle_after: Duration,
    /// After this long it is removed; the next call makes it anew.
    pub remove_after: Duration,
}

impl Default for Rest {
    fn default() -> Self {
        Self {
            idle_after: Duration::from_secs(60),
            remove_after: Duration::from_secs(30 * 60),
        }
    }
}

/// How often [`Fleet::run`] looks for servers to put to rest, and at most how
/// long it takes to notice what was changed behind the engine's back.
const REST_EVERY: Duration = Duration::from_secs(5);
const RECONCILE_EVERY: Duration = Duration::from_secs(60);
/// What a server gets to start where no caller waits for it.
const WAKE_LIMIT: Duration = Duration::from_secs(30);

/// All servers of this instance: made at their first call, one wake at a time
/// each, kept awake by leases, put to rest by [`Fleet::rest`].
///
/// What it remembers makes calls quick and can be lost: the store says which
/// servers shall exist, and the engine which do.
pub struct Fleet {
    engine: Arc<dyn Engine>,
    desired: Arc<dyn Deployments>,
    doors: Arc<dyn EgressDoors>,
    dirs: SocketDirs,
    system: SystemCtx,
    rest: Rest,
    servers: RwLock<HashMap<ServerKey, Arc<Server>>>,
    /// Shared by those who make servers, held alone by the one who sweeps.
    making: tokio::sync::RwLock<()>,
}

impl Fleet {
    #[must_use]
    pub fn new(
        engine: Arc<dyn Engine>,
        desired: Arc<dyn Deployments>,
        doors: Arc<dyn EgressDoors>,
        dirs: SocketDirs,
        system: SystemCtx,
        rest: Rest,
    ) -> Self {
        Self {
            engine,
            desired,
            doors,
            dirs,
            system,
            rest,
            servers: RwLock::default(),
            making: tokio::sync::RwLock::default(),
        }
    }

    /// Puts idle servers to rest and reconciles, until `stop`. Faults are
    /// logged and tried again.
    pub async fn run(&self, stop: CancellationToken) {
        let mut rest = interval(REST_EVERY);
        let mut reconcile = interval(RECONCILE_EVERY);
        rest.set_missed_tick_behavior(MissedTickBehavior::Delay);
        reconcile.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = rest.tick() => self.rest().await,
                _ = reconcile.tick() => {
                    if let Err(error) = self.reconcile().await {
                        tracing::warn!(%error, "servers are not all as desired");
                    }
                }
            }
        }
    }

    /// Puts servers to rest that nobody has used for long enough.
    pub async fn rest(&self) {
        for (key, server) in self.known() {
            if let Err(error) = self.rest_one(&key, &server).await {
                tracing::warn!(server = %key, %error, "a server was not put to rest");
            }
        }
    }

    /// Takes all servers away; a later call would make them anew. To be called
    /// last, when no calls come any more.
    pub async fn shut_down(&self) {
        let listed = self.engine.list().await.unwrap_or_default();
        for found in listed {
            if let Err(error) = self.take_away(&found.key).await {
                tracing::warn!(server = %found.key, %error, "a server was left");
            }
        }
    }

    async fn rest_one(&self, key: &ServerKey, server: &Server) -> Result<()> {
        if !server.unused_for(self.rest.idle_after) {
            return Ok(());
        }
        let _turn = server.turn().await;
        if server.unused_for(self.rest.remove_after) {
            if server.fall_asleep(self.rest.remove_after) {
                return self.take_away(key).await;
            }
        } else if server.is_awake() && server.fall_asleep(self.rest.idle_after) {
            tracing::debug!(server = %key, "idle");
            return self.engine.idle(key).await;
        }
        Ok(())
    }

    /// Makes, starts and awaits the server. The caller has its turn.
    async fn wake(&self, deployment: &Deployment, deadline: Duration) -> Result<Endpoint> {
        let key = &deployment.key;
        self.engine.apply(deployment).await?;
        self.doors.open(key, &self.dirs.outward(key)).await?;
        self.engine.wake(key, deadline).await
    }

    async fn take_away(&self, key: &ServerKey) -> Result<()> {
        self.engine.remove(key).await?;
        self.doors.close(key).await;
        self.forget(key);
        Ok(())
    }

    fn server(&self, key: &ServerKey) -> Arc<Server> {
        let servers = self.servers.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.get(key) {
            return server.clone();
        }
        drop(servers);
        let mut servers = self.servers.write().unwrap_or_else(PoisonError::into_inner);
        servers.entry(key.clone()).or_default().clone()
    }

    fn known(&self) -> Vec<(ServerKey, Arc<Server>)> {
        let servers = self.servers.read().unwrap_or_else(PoisonError::into_inner);
        let pairs = servers.iter();
        pairs
            .map(|(key, server)| (key.clone(), server.clone()))
            .collect()
    }

    /// Drops what is remembered of a server that is not there any more. Who
    /// got hold of it just now sees that it is retired, and looks again.
    fn forget(&self, key: &ServerKey) {
        let mut servers = self.servers.write().unwrap_or_else(PoisonError::into_inner);
        if servers.get(key).is_some_and(|server| server.retire()) {
            servers.remove(key);
        }
    }

    /// Wakes a server that was found asleep after `seen` failures. `None` where
    /// it was removed meanwhile.
    async fn woken(
        &self,
        server: &Arc<Server>,
        deployment: &Deployment,
        deadline: Duration,
        seen: u64,
    ) -> Result<Option<Lease>> {
        let _turn = server.turn().await;
        let _making = self.making.read().await;
        match server.lease() {
            Found::Awake(lease) => return Ok(Some(lease)),
            Found::Retired => return Ok(None),
            Found::Asleep(_) => {}
        }
        if let Some(error) = server.failed_since(seen) {
            return Err(error);
        }
        match self.wake(deployment, deadline).await {
            Ok(endpoint) => Ok(Some(server.woke(deployment, endpoint))),
            Err(error) => {
                server.failed(&error);
                Err(error)
            }
        }
    }

    /// The deployment that a person means by this key.
    async fn deployment(&self, key: &ServerKey) -> Result<Deployment> {
        let desired = self.desired.desired(self.system).await?;
        let found = desired
            .into_iter()
            .find(|deployment| deployment.key == *key);
        found.ok_or_else(|| Error::not_found("server", key))
    }
}

#[async_trait]
impl Servers for Fleet {
    async fn lease(&self, deployment: &Deployment, deadline: Duration) -> Result<Lease> {
        loop {
            let server = self.server(&deployment.key);
            let seen = match server.lease() {
                Found::Awake(lease) => return Ok(lease),
                Found::Retired => continue,
                Found::Asleep(seen) => seen,
            };
            let waking = self.woken(&server, deployment, deadline, seen);
            match timeout(deadline, waking).await {
                Ok(Ok(Some(lease))) => return Ok(lease),
                Ok(Ok(None)) => {}
                Ok(Err(error)) => return Err(error),
                Err(_) => return Err(too_late(&deployment.key, deadline)),
            }
        }
    }

    fn lost(&self, key: &ServerKey) {
        self.server(key).lost();
    }

    async fn reconcile(&self) -> Result<()> {
        self.make_it_so().await
    }

    async fn status(&self) -> Result<BTreeMap<ServerKey, ServerStatus>> {
        let desired = self.desired.desired(self.system).await?;
        let stopped = desired.into_iter().map(|deployment| ServerStatus {
            key: deployment.key,
            state: ServerState::Stopped,
        });
        let all = stopped.chain(self.engine.list().await?);
        Ok(all.map(|status| (status.key.clone(), status)).collect())
    }

    async fn restart(&self, key: &ServerKey) -> Result<()> {
        let deployment = self.deployment(key).await?;
        let server = self.server(key);
        let _turn = server.turn().await;
        server.lost();
        self.engine.remove(key).await?;
        self.doors.close(key).await;
        let endpoint = self.wake(&deployment, WAKE_LIMIT).await?;
        server.found_awake(&deployment, endpoint);
        Ok(())
    }

    async fn logs(&self, key: &ServerKey, tail: usize) -> Result<Vec<LogLine>> {
        self.engine.logs(key, tail).await
    }
}

fn too_late(key: &ServerKey, deadline: Duration) -> Error {
    Error::unavailable(
        format!(
            "The server `{key}` did not start within {} s.",
            deadline.as_secs()
        ),
        "See its log, and try again when the machine is less busy.",
    )
}
