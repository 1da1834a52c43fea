//! Connections that are kept open between requests.
//!
//! One HTTP/1.1 connection carries one exchange at a time; a finished one is kept for the next to
//! the same origin. hyper's own pooled client is not used, because it sends `https` requests in
//! origin-form even through a proxy, and the egress broker needs to see the absolute URL.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header::HOST};
use http_body_util::Full;
use tokio::time::timeout;

use super::{
    Route, SendError,
    connect::{Connection, Connector},
};
use crate::{base::Origin, identity::Identity, limits::Upstream};

/// How long an unused connection is kept.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// How long a kept connection may take to be ready: it has nothing to do but to see its last exchange
/// end.
const READY: Duration = Duration::from_millis(100);

/// How many unused connections to one origin are kept.
const KEPT: usize = 64;

#[derive(Debug)]
pub(super) struct Pool {
    connector: Connector,
    /// By their origins, of which an API has one or a few.
    idle: Mutex<Vec<(Origin, Vec<Idle>)>>,
}

#[derive(Debug)]
struct Idle {
    connection: Connection,
    since: Instant,
}

/// A connection, for one exchange. Dropped before its answer has ended, it is closed.
#[derive(Debug)]
pub(super) struct Lease {
    pub(super) connection: Connection,
    /// Whether it was used before, and so may have been closed without our knowing.
    pub(super) is_reused: bool,
}

impl Pool {
    pub(super) fn new(route: Route, identity: Option<Identity>) -> Self {
        Self {
            connector: Connector::new(route, identity),
            idle: Mutex::default(),
        }
    }

    /// Gives a request the target form (RFC 9112, section 3.2) and the `Host` that its way asks for.
    pub(super) fn adapt(&self, request: &mut Request<Full<Bytes>>) {
        let host = request
            .uri()
            .authority()
            .map(|authority| authority.as_str());
        if let Some(Ok(host)) = host.map(HeaderValue::from_str) {
            request.headers_mut().insert(HOST, host);
        }
        if !self.connector.is_proxy() {
            let target = request.uri().path_and_query().cloned();
            *request.uri_mut() = target.map_or_else(Uri::default, Uri::from);
        }
    }

    /// A connection to an origin: a kept one that is soon ready, or else a new one.
    pub(super) async fn lease(
        &self,
        origin: &Origin,
        limits: Upstream,
    ) -> Result<Lease, SendError> {
        while let Some(mut connection) = self.take(origin) {
            let sender = &mut connection.sender;
            // An API may answer before it has taken the whole request; the rest of that still waits to
            // be written then, perhaps for ever.
            let is_ready =
                sender.is_ready() || matches!(timeout(READY, sender.ready()).await, Ok(Ok(())));
            if is_ready {
                return Ok(Lease::of(connection, true));
            }
        }
        let connection = self.connector.connect(origin, limits).await?;
        Ok(Lease::of(connection, false))
    }

    /// Keeps a connection whose exchange has ended.
    pub(super) fn give_back(&self, origin: &Origin, Lease { connection, .. }: Lease) {
        if connection.sender.is_closed() {
            return;
        }
        connection.awaited.set(false);
        let key = self.connector.key(origin);
        let now = Instant::now();
        let mut idle = self.lock();
        idle.retain_mut(|(other, kept)| {
            kept.retain(|one| now - one.since < KEPT_FOR && !one.connection.sender.is_closed());
            other == key || !kept.is_empty()
        });
        let one = Idle {
            connection,
            since: now,
        };
        match idle.iter_mut().find(|(origin, _)| origin == key) {
            Some((_, kept)) if kept.len() < KEPT => kept.push(one),
            Some(_) => {}
            None => idle.push((key.clone(), vec![one])),
        }
    }

    fn take(&self, origin: &Origin) -> Option<Connection> {
        let mut idle = self.lock();
        let key = self.connector.key(origin);
        let (_, kept) = idle.iter_mut().find(|(origin, _)| origin == key)?;
        loop {
            let Idle { connection, since } = kept.pop()?;
            if since.elapsed() < KEPT_FOR && !connection.sender.is_closed() {
                return Some(connection);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Origin, Vec<Idle>)>> {
        // Nothing can panic between locking and unlocking, so what is behind the lock is whole.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    fn of(connection: Connection, is_reused: bool) -> Self {
        connection.awaited.set(true);
        Self {
            connection,
            is_reused,
        }
    }
}
