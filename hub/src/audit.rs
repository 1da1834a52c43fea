//! The audit log, written behind the calls' backs: a call never waits for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use toolmill_core::{AuditEntry, Outcome, Store, TenantCtx};

use crate::clock;

/// Entries that may wait for the store. Beyond, they are lost, and it is said.
const WAITING: usize = 65_536;
const BATCH: usize = 512;

/// Where entries are handed in.
pub(crate) struct AuditLog {
    entries: mpsc::Sender<(TenantCtx, AuditEntry)>,
    lost: AtomicU64,
    writer: Mutex<Option<JoinHandle<()>>>,
    stop: tokio_util::sync::CancellationToken,
}

impl AuditLog {
    /// Starts the writer; needs a Tokio runtime.
    pub(crate) fn start(store: Arc<dyn Store>) -> Self {
        let (entries, waiting) = mpsc::channel(WAITING);
        let stop = tokio_util::sync::CancellationToken::new();
        let writer = tokio::spawn(write(store, waiting, stop.clone()));
        Self {
            entries,
            lost: AtomicU64::new(0),
            writer: Mutex::new(Some(writer)),
            stop,
        }
    }

    pub(crate) fn record(
        &self,
        ctx: TenantCtx,
        action: &str,
        subject: impl Into<String>,
        outcome: Outcome,
        detail: impl Into<String>,
    ) {
        let entry = AuditEntry {
            at: clock::now(),
            action: action.to_owned(),
            subject: subject.into(),
            outcome,
            detail: detail.into(),
        };
        if self.entries.try_send((ctx, entry)).is_err() {
            let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
            if lost.is_power_of_two() {
                tracing::error!(
                    lost,
                    "audit entries are lost, since the store does not keep up"
                );
            }
        }
    }

    /// Writes what is waiting, and ends.
    pub(crate) async fn flush(&self) {
        self.stop.cancel();
        if let Some(writer) = self.writer.lock().await.take()
            && let Err(error) = writer.await
        {
            tracing::error!(%error, "the audit log's writer failed");
        }
    }
}

async fn write(
    store: Arc<dyn Store>,
    mut waiting: mpsc::Receiver<(TenantCtx, AuditEntry)>,
    stop: tokio_util::sync::CancellationToken,
) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            biased;
            taken = waiting.recv_many(&mut batch, BATCH) => if taken == 0 { return },
            () = stop.cancelled() => waiting.close(),
        }
        let mut by_user: BTreeMap<TenantCtx, Vec<AuditEntry>> = BTreeMap::new();
        for (ctx, entry) in batch.drain(..) {
            by_user.entry(ctx).or_default().push(entry);
        }
        for (ctx, entries) in by_user {
            if let Err(error) = store.audit(&ctx, &entries).await {
                tracing::error!(%error, lost = entries.len(), "the audit log could not be written");
            }
        }
    }
}
