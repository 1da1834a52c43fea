//! The audit log, written behind the calls' backs: a call never waits for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;
use toolmill_core::{AuditEntry, Outcome, Store, TenantCtx};

use crate::clock;

/// Entries that may wait for the store. Beyond, they are lost, and it is said.
const WAITING: usize = 65_536;
const BATCH: usize = 512;
/// Entries that come soon after another are written with it.
const LINGER: Duration = Duration::from_millis(50);

/// Where entries are handed in.
pub(crate) struct AuditLog {
    desk: mpsc::Sender<Message>,
    lost: AtomicU64,
}

enum Message {
    Write(TenantCtx, AuditEntry),
    /// To be answered when everything before is written.
    Flush(oneshot::Sender<()>),
}

impl AuditLog {
    /// Starts the writer; needs a Tokio runtime.
    pub(crate) fn start(store: Arc<dyn Store>) -> Self {
        let (desk, waiting) = mpsc::channel(WAITING);
        tokio::spawn(write(store, waiting));
        Self {
            desk,
            lost: AtomicU64::new(0),
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
        if self.desk.try_send(Message::Write(ctx, entry)).is_err() {
            let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
            if lost.is_power_of_two() {
                tracing::error!(
                    lost,
                    "audit entries are lost, since the store does not keep up"
                );
            }
        }
    }

    /// Waits until everything that was handed in is written.
    pub(crate) async fn flush(&self) {
        let (written, done) = oneshot::channel();
        if self.desk.send(Message::Flush(written)).await.is_err() || done.await.is_err() {
            tracing::error!("the audit log's writer is gone");
        }
    }
}

async fn write(store: Arc<dyn Store>, mut waiting: mpsc::Receiver<Message>) {
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(first) = waiting.recv().await {
        sleep(LINGER).await;
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Write(ctx, entry) => batch.push((ctx, entry)),
                Message::Flush(written) => {
                    write_batch(&*store, &mut batch).await;
                    // Whoever waited may have gone.
                    written.send(()).ok();
                }
            }
            if batch.len() == BATCH {
                write_batch(&*store, &mut batch).await;
            }
            next = waiting.try_recv().ok();
        }
        write_batch(&*store, &mut batch).await;
    }
}

async fn write_batch(store: &dyn Store, batch: &mut Vec<(TenantCtx, AuditEntry)>) {
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
