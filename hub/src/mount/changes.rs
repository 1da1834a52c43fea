//! News that a user's tools have changed, for those who listen.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;
use toolmill_core::{MountChanges, TenantCtx};

use super::Mounted;

/// One channel for each user who is listened for.
#[derive(Default)]
pub(super) struct Listeners(Mutex<HashMap<TenantCtx, watch::Sender<()>>>);

/// Changes of one user's tools, from when it was asked for.
pub(crate) struct News(watch::Receiver<()>);

impl News {
    /// Waits for the next change. Several that came meanwhile are one.
    /// `None` once the hub is gone.
    pub(crate) async fn next(&mut self) -> Option<()> {
        self.0.changed().await.ok()
    }
}

impl Mounted {
    pub(crate) fn news(&self, ctx: &TenantCtx) -> News {
        self.listeners.subscribe(ctx)
    }
}

impl MountChanges for Mounted {
    fn changed(&self, ctx: &TenantCtx) {
        self.routes.forget(|(user, _)| user == ctx);
        self.granted.forget(|grant| grant.ctx == *ctx);
        self.listeners.notify(ctx);
    }
}

impl Listeners {
    fn subscribe(&self, ctx: &TenantCtx) -> News {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.retain(|_, channel| !channel.is_closed());
        let channel = channels
            .entry(*ctx)
            .or_insert_with(|| watch::Sender::new(()));
        News(channel.subscribe())
    }

    fn notify(&self, ctx: &TenantCtx) {
        let channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = channels.get(ctx) {
            channel.send_replace(());
        }
    }
}
