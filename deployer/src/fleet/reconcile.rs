//! What the store desires, made so.

use std::collections::HashMap;

use toolmill_core::{Deployment, Result, ServerKey, ServerState, ServerStatus};

use super::{Fleet, WAKE_LIMIT};

impl Fleet {
    /// Every step may be repeated and may be the last before a crash. Servers
    /// that shall exist but do not are left to their first call.
    pub(super) async fn make_it_so(&self) -> Result<()> {
        let desired = self.desired_by_key().await?;
        let mut first_fault = None;
        for found in self.engine.list().await? {
            let step = match desired.get(&found.key) {
                Some(deployment) => self.adopt(&found, deployment).await,
                None => self.dismiss(&found.key).await,
            };
            if let Err(error) = step {
                tracing::warn!(server = %found.key, %error, "a server is not as desired");
                first_fault.get_or_insert(error);
            }
        }
        self.sweep().await?;
        first_fault.map_or(Ok(()), Err)
    }

    /// Takes away what belongs to no server. While one is being made, it is
    /// not yet known whose its parts are, so that is left to the next time.
    async fn sweep(&self) -> Result<()> {
        let Ok(_quiet) = self.making.try_write() else {
            return Ok(());
        };
        let mut keep = self.desired_by_key().await?;
        for (key, server) in self.known() {
            if let Some(deployment) = server.deployment().filter(|_| server.is_leased()) {
                keep.insert(key, deployment);
            }
        }
        let keep: Vec<_> = keep.into_values().collect();
        self.engine.sweep(&keep).await
    }

    async fn desired_by_key(&self) -> Result<HashMap<ServerKey, Deployment>> {
        let desired = self.desired.desired(self.system).await?;
        let pairs = desired.into_iter();
        Ok(pairs
            .map(|deployment| (deployment.key.clone(), deployment))
            .collect())
    }

    /// A server that shall exist and does: from now on its use is counted. One
    /// that runs gets its door to the broker, and is replaced where it is not
    /// what it should be.
    async fn adopt(&self, found: &ServerStatus, deployment: &Deployment) -> Result<()> {
        let server = self.server(&found.key);
        if found.state != ServerState::Running {
            if server.is_awake() {
                server.lost();
            }
            return Ok(());
        }
        let _turn = server.turn().await;
        let endpoint = self.wake(deployment, WAKE_LIMIT).await?;
        server.found_awake(deployment, endpoint);
        Ok(())
    }

    async fn dismiss(&self, key: &ServerKey) -> Result<()> {
        let server = self.server(key);
        let _turn = server.turn().await;
        if server.is_leased() {
            return Ok(());
        }
        tracing::info!(server = %key, "no longer wanted");
        server.lost();
        self.take_away(key).await
    }
}
