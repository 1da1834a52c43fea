//! Putting the parts together.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use toolmill_core::{EngineKind, Progress, Servers, SystemCtx};
use toolmill_deployer::{
    Connected, CrateBuilder, EngineChoice, Fleet, Rest, SocketDirs, connect, default_run_root,
};
use toolmill_hub::{Hub, HubConfig};
use toolmill_registry::Registry;
use toolmill_store::SqliteStore;
use toolmill_vault::{StoredCredentials, Vault};

use super::examples::BundledExamples;
use crate::args;
use crate::failure::Result;
use crate::limits::Limits;
use crate::settings::{Directories, ListenSettings, RestSettings};

/// The parts of an instance that somebody outside needs again.
pub struct Parts {
    pub store: Arc<SqliteStore>,
    pub hub: Hub,
    pub servers: Arc<dyn Servers>,
    pub registry: Arc<Registry>,
    pub engine: EngineKind,
    fleet: Arc<Fleet>,
    /// Ends what runs in the background.
    stop: CancellationToken,
    background: Vec<JoinHandle<()>>,
}

pub(super) async fn compose(
    directories: &Directories,
    settings: ListenSettings,
    limits: Limits,
    address: SocketAddr,
    system: SystemCtx,
) -> Result<Parts> {
    let stop = CancellationToken::new();
    let vault = Arc::new(Vault::open(&directories.key_file())?);
    let store = Arc::new(SqliteStore::open(&directories.database()).await?);
    let grants = Arc::new(vault.unlock(system, store.as_ref()).await?);
    let credentials = Arc::new(StoredCredentials::new(Arc::clone(&vault), store.clone()));

    let builder =
        Arc::new(CrateBuilder::new(&directories.cache, &directories.data).within(limits.build));
    builder.sweep();
    let preparing = prepare(Arc::clone(&builder), stop.clone());

    let dirs = SocketDirs::new(&default_run_root(), store.instance())
        .map_err(toolmill_core::Error::from)?;
    let logs = directories.data.join("logs");
    let choice = choice(settings.engine);
    let Connected { engine, notes } = connect(
        choice,
        store.instance(),
        dirs.clone(),
        &logs,
        limits.of_servers(),
    )
    .await?;
    for note in notes {
        tracing::warn!(engine = %engine.kind(), "{note}");
    }

    let session_key = vault
        .platform_key(system, store.as_ref(), "session key")
        .await?;
    let mut config = HubConfig {
        message: limits.message,
        call_within: limits.call,
        page: limits.page,
        egress: limits.upstream,
        ..HubConfig::local(system, session_key)
    };
    if !address.ip().is_loopback() {
        config.allowed_hosts.push(address.ip().to_string());
    }
    let hub = Hub::new(config, store.clone(), grants, credentials)?;
    let fleet = Arc::new(Fleet::new(
        Arc::clone(&engine),
        store.clone(),
        hub.doors(),
        dirs,
        system,
        Rest::from(RestSettings::from_environment()?),
    ));
    let resting = {
        let (fleet, stop) = (Arc::clone(&fleet), stop.clone());
        tokio::spawn(async move { fleet.run(stop).await })
    };
    let servers: Arc<dyn Servers> = fleet.clone();
    let registry = Registry::new(toolmill_registry::Parts {
        store: store.clone(),
        vault,
        builder,
        servers: Arc::clone(&servers),
        changes: hub.mount_changes(),
        examples: Arc::new(BundledExamples::new(directories.examples(), stop.clone())),
        version: env!("CARGO_PKG_VERSION"),
        engine: engine.kind(),
        instance: store.instance().to_owned(),
        limits: limits.specification,
    });
    let engine = engine.kind();
    let background = vec![preparing, resting];
    Ok(Parts {
        store,
        hub,
        servers,
        registry,
        engine,
        fleet,
        stop,
        background,
    })
}

impl Parts {
    /// To be called when no request comes any more.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        for task in self.background {
            if let Err(error) = task.await {
                tracing::error!(%error, "a background task failed");
            }
        }
        self.fleet.shut_down().await;
        self.hub.shutdown().await;
        self.store.close().await;
    }
}

/// Compiles what all servers share, while the first specification is still
/// being read.
fn prepare(builder: Arc<CrateBuilder>, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        let prepared = stop.run_until_cancelled(builder.prepare(&Logged)).await;
        if let Some(Err(error)) = prepared {
            // The build that needs it tries again, and says what is wrong.
            tracing::debug!(%error, "the runtime was not compiled ahead");
        }
    })
}

struct Logged;

impl Progress for Logged {
    fn report(&self, message: &str) {
        tracing::debug!(message, "compiling the runtime");
    }
}

fn choice(engine: args::Engine) -> EngineChoice {
    match engine {
        args::Engine::Auto => EngineChoice::Auto,
        args::Engine::Docker => EngineChoice::Docker,
        args::Engine::Process => EngineChoice::Process,
    }
}

impl From<RestSettings> for Rest {
    fn from(settings: RestSettings) -> Self {
        let default = Self::default();
        let seconds = |seconds: Option<u64>, default| seconds.map_or(default, Duration::from_secs);
        Self {
            idle_after: seconds(settings.pause_after, default.idle_after),
            remove_after: seconds(settings.stop_after, default.remove_after),
        }
    }
}
