//! Connections that are kept open between requests.
//!
//! One HTTP/1.1 connection carries one exchange at a time; a finished one is kept for the next to
//! the same origin. hyper's own pooled client is not used, because it sends `https` requests in
//! origin-form even through a proxy, and the egress broker needs to see the absolute URL.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header::HOST};
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;

use super::{Route, SendError, connect::Connector};
use crate::{base::Origin, identity::Identity, limits::Upstream};

/// How long an unused connection is kept.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// How many unused connections to one origin are kept.
const KEPT: usize = 64;

#[derive(Debug)]
pub(super) struct Pool {
    connector: Connector,
    idle: Mutex<HashMap<Origin, Vec<Idle>>>,
}

#[derive(Debug)]
struct Idle {
    sender: SendRequest<Full<Bytes>>,
    since: Instant,
}

/// A connection, for one exchange. Dropped before its answer has ended, it is closed.
#[derive(Debug)]
pub(super) struct Lease {
    pub(super) sender: SendRequest<Full<Bytes>>,
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

    /// A connection to an origin: a kept one, or else a new one.
    pub(super) async fn lease(
        &self,
        origin: &Origin,
        limits: Upstream,
    ) -> Result<Lease, SendError> {
        while let Some(mut sender) = self.take(origin) {
            if sender.ready().await.is_ok() {
                return Ok(Lease {
                    sender,
                    is_reused: true,
                });
            }
        }
        let sender = self.connector.connect(origin, limits).await?;
        Ok(Lease {
            sender,
            is_reused: false,
        })
    }

    /// Keeps a connection whose exchange has ended.
    pub(super) fn give_back(&self, origin: &Origin, lease: Lease) {
        if lease.sender.is_closed() {
            return;
        }
        let now = Instant::now();
        let mut idle = self.lock();
        idle.retain(|_, kept| {
            kept.retain(|one| now - one.since < KEPT_FOR && !one.sender.is_closed());
            !kept.is_empty()
        });
        let kept = idle.entry(self.connector.key(origin)).or_default();
        if kept.len() < KEPT {
            kept.push(Idle {
                sender: lease.sender,
                since: now,
            });
        }
    }

    fn take(&self, origin: &Origin) -> Option<SendRequest<Full<Bytes>>> {
        let mut idle = self.lock();
        let kept = idle.get_mut(&self.connector.key(origin))?;
        loop {
            let one = kept.pop()?;
            if one.since.elapsed() < KEPT_FOR && !one.sender.is_closed() {
                return Some(one.sender);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Origin, Vec<Idle>>> {
        // Nothing can panic between locking and unlocking, so what is behind the lock is whole.
        self.idle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
