//! News of running pipelines, for whoever wants to watch one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;
use toolmill_core::{StepEvent, VersionId};

/// Keeps what was said of a version while it is brought along, so that one who
/// comes late hears it from the beginning.
#[derive(Default)]
pub struct Events {
    running: Mutex<HashMap<VersionId, Channel>>,
}

#[derive(Default)]
struct Channel {
    said: Vec<StepEvent>,
    listeners: Vec<mpsc::UnboundedSender<StepEvent>>,
}

impl Events {
    /// Everything said of this version so far and from now on; the stream ends
    /// with the pipeline. `None` where none is running.
    pub fn follow(&self, version: VersionId) -> Option<mpsc::UnboundedReceiver<StepEvent>> {
        let mut running = self.lock();
        let channel = running.get_mut(&version)?;
        let (sender, receiver) = mpsc::unbounded_channel();
        for event in &channel.said {
            // The receiver is in our hands: it cannot be gone.
            let _ = sender.send(event.clone());
        }
        channel.listeners.push(sender);
        Some(receiver)
    }

    pub(crate) fn begin(&self, version: VersionId) {
        self.lock().insert(version, Channel::default());
    }

    pub(crate) fn say(&self, version: VersionId, event: StepEvent) {
        if let Some(channel) = self.lock().get_mut(&version) {
            channel
                .listeners
                .retain(|listener| listener.send(event.clone()).is_ok());
            channel.said.push(event);
        }
    }

    pub(crate) fn end(&self, version: VersionId) {
        self.lock().remove(&version);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<VersionId, Channel>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
