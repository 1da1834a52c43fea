//! Accepting connections, until it is time to stop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use toolmill_core::{EngineKind, SystemCtx};

use super::compose::Parts;
use super::lock::Lock;
use crate::failure::{Failure, Result};

/// How long running requests may take to end after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(10);

/// An instance that serves.
pub struct Running {
    parts: Parts,
    accepting: tokio::task::JoinHandle<()>,
    stop: CancellationToken,
    _lock: Option<Lock>,
}

pub(super) fn serve(listener: std::net::TcpListener, parts: Parts) -> Result<Running> {
    let failed =
        |error: std::io::Error| Failure::new("The port cannot be listened on.").because(&error);
    listener.set_nonblocking(true).map_err(failed)?;
    let listener = TcpListener::from_std(listener).map_err(failed)?;
    let stop = CancellationToken::new();
    let app = parts
        .hub
        .router(Arc::clone(&parts.servers))
        .merge(toolmill_registry::router(Arc::clone(&parts.registry)));
    let accepting = tokio::spawn(accept(listener, app, stop.clone()));
    Ok(Running {
        parts,
        accepting,
        stop,
        _lock: None,
    })
}

impl Running {
    pub fn engine(&self) -> EngineKind {
        self.parts.engine
    }

    pub(super) async fn resume(&self, system: SystemCtx) -> Result<()> {
        Ok(self.parts.registry.resume(system).await?)
    }

    /// Keeps the data directory's lock for as long as it runs.
    pub(super) fn holding(mut self, lock: Lock) -> Self {
        self._lock = Some(lock);
        self
    }

    /// Lets running requests end, puts the servers to rest, and lets go of the
    /// data directory.
    pub async fn stop(self) {
        self.parts.hub.end_streams();
        self.stop.cancel();
        let _ = self.accepting.await;
        self.parts.stop().await;
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn stop_asked() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be waited for");
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

async fn accept(listener: TcpListener, app: Router, stop: CancellationToken) {
    let connections = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of descriptors, mostly: others have to go first.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        // Answers are written whole: waiting to fill a packet only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        let service = TowerToHyperService::new(app.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(30))
            .serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, connections.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not end in time");
    }
}
