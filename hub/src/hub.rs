//! The hub as the composition root sees it.

use std::sync::Arc;

use axum::Router;
use tokio_util::sync::CancellationToken;
use toolmill_core::{CredentialSource, EgressDoors, Grants, MountChanges, Result, Servers, Store};

use crate::audit::AuditLog;
use crate::call::Caller;
use crate::config::HubConfig;
use crate::egress::{Broker, Doors};
use crate::mcp::Endpoint;
use crate::mount::Mounted;

/// The MCP endpoint and the egress broker.
///
/// Servers need the broker's doors before they run, and calls need the servers.
/// So a hub is made first, lends its [`doors`](Self::doors) to whatever runs
/// servers, and gets these with [`router`](Self::router).
pub struct Hub {
    config: HubConfig,
    store: Arc<dyn Store>,
    grants: Arc<dyn Grants>,
    mounted: Arc<Mounted>,
    audit: Arc<AuditLog>,
    doors: Arc<Doors>,
    stop: CancellationToken,
}

impl Hub {
    /// Needs a Tokio runtime.
    ///
    /// # Errors
    /// Where an authority in `further_roots` is not a certificate.
    pub fn new(
        config: HubConfig,
        store: Arc<dyn Store>,
        grants: Arc<dyn Grants>,
        credentials: Arc<dyn CredentialSource>,
    ) -> Result<Self> {
        let mounted = Arc::new(Mounted::new(store.clone(), config.system, config.page));
        let audit = Arc::new(AuditLog::start(store.clone()));
        let broker = Broker::new(
            mounted.clone(),
            grants.clone(),
            credentials,
            audit.clone(),
            config.egress,
            &config.further_roots,
        )?;
        Ok(Self {
            doors: Arc::new(Doors::new(Arc::new(broker))),
            config,
            store,
            grants,
            mounted,
            audit,
            stop: CancellationToken::new(),
        })
    }

    /// Where servers reach their APIs.
    #[must_use]
    pub fn doors(&self) -> Arc<dyn EgressDoors> {
        self.doors.clone()
    }

    /// To be told whenever a user's tools change: the hub forgets what it
    /// remembers of them, and tells the user's clients.
    #[must_use]
    pub fn mount_changes(&self) -> Arc<dyn MountChanges> {
        self.mounted.clone()
    }

    /// `/mcp`. To be served with `TCP_NODELAY`, since answers are small.
    pub fn router(&self, servers: Arc<dyn Servers>) -> Router {
        let caller = Caller::new(
            self.mounted.clone(),
            servers,
            self.grants.clone(),
            self.audit.clone(),
            self.config.call_within,
        );
        Endpoint::new(
            &self.config,
            self.store.clone(),
            self.mounted.clone(),
            caller,
            self.stop.clone(),
        )
        .router()
    }

    /// Ends the streams of news, which otherwise never end. To be called when
    /// the web server begins to shut down.
    pub fn end_streams(&self) {
        self.stop.cancel();
    }

    /// Ends the streams, closes the doors and writes out the audit log. To be
    /// called once no call is under way any more.
    pub async fn shutdown(&self) {
        self.end_streams();
        self.doors.close_all();
        self.audit.flush().await;
    }
}
