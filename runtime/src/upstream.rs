//! Sending requests: connections, their pool, and the limits on everything that comes back.

mod clock;
mod connect;
mod decode;
mod pool;
mod prompt;
pub(crate) mod wait;

use std::{path::PathBuf, pin::pin, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use tokio::time::{Instant, sleep_until, timeout_at};

use self::{
    clock::Clock,
    decode::Fault,
    pool::{Lease, Pool},
};
use crate::{
    base::Origin,
    identity::Identity,
    limits::{Limits, Upstream as Times, size},
    method,
};

/// How requests leave this process.
#[derive(Debug)]
pub(crate) enum Route {
    /// Straight to the API.
    Direct,
    /// Through the platform's egress broker, which listens on this unix socket.
    Broker(PathBuf),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error("The request can not be written as HTTP: {0}.")]
    Unwritten(#[from] http::Error),
    #[error("No connection to `{to}`: {reason}. Nothing was sent.")]
    Connect { to: String, reason: String },
    #[error(
        "The platform's egress broker can not be reached ({reason}). Nothing was sent: try again in a moment."
    )]
    Broker { reason: String },
    #[error("`{to}` {what} within {} s; whether it carried the request out is not known.", .limit.as_secs())]
    Late {
        to: String,
        what: &'static str,
        limit: Duration,
    },
    #[error(
        "The exchange with `{to}` broke off ({reason}); whether the request was carried out is not known."
    )]
    Broken { to: String, reason: String },
    #[error(
        "The answer of `{to}` (HTTP {status}) is larger than {}; ask for less at a time.",
        size(*.largest)
    )]
    TooLarge {
        to: String,
        status: u16,
        largest: usize,
    },
    #[error(
        "`{to}` answered (HTTP {status}) in the content coding `{coding}`, which can not be read."
    )]
    Coded {
        to: String,
        status: u16,
        coding: String,
    },
}

impl SendError {
    /// Whether the same call may be made again without doing anything twice.
    pub(crate) fn is_retryable(&self) -> bool {
        matches!(self, Self::Connect { .. } | Self::Broker { .. })
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The way to the API.
#[derive(Debug)]
pub(crate) struct Upstream {
    pool: Pool,
    limits: Times,
    /// Bytes of an answer.
    largest: usize,
}

impl Upstream {
    pub(crate) fn new(route: Route, identity: Option<Identity>, limits: &Limits) -> Self {
        let times = match route {
            Route::Direct => limits.upstream,
            Route::Broker(_) => limits.upstream.beyond_broker(),
        };
        Self {
            pool: Pool::new(route, identity),
            limits: times,
            largest: limits.answer,
        }
    }

    /// When a call that began then has to have ended.
    pub(crate) fn deadline(&self, begin: Instant) -> Instant {
        begin + self.limits.total
    }

    /// Sends a request, whose URL is absolute, and takes the whole answer. Redirects are answers.
    /// The message is written anew where a first one was lost.
    pub(crate) async fn send(
        &self,
        origin: &Origin,
        message: impl Fn() -> Result<http::Request<Full<Bytes>>, http::Error>,
        deadline: Instant,
    ) -> Result<Received, SendError> {
        let mut clock = Clock {
            origin,
            timer: pin!(sleep_until(deadline)),
            deadline,
            total: self.limits.total,
        };
        let mut request = message()?;
        let may_repeat = method::is_idempotent(request.method());
        // Whether it may have gone out on a connection that then was lost.
        let mut was_sent = false;
        let (lease, response) = loop {
            self.pool.adapt(&mut request);
            let lease = timeout_at(deadline, self.pool.lease(origin, self.limits)).await;
            let lease = lease.unwrap_or_else(|_| Err(unconnected(origin, self.limits.total)));
            let mut lease = match lease {
                Ok(lease) => lease,
                Err(_) if was_sent => {
                    let reason = "the connection was lost, and there is no other".to_owned();
                    let to = origin.authority();
                    return Err(SendError::Broken { to, reason });
                }
                Err(error) => return Err(error),
            };
            let sent = lease.connection.sender.try_send_request(request);
            let sent = clock.wait(sent, self.limits.head, "did not answer");
            let mut error = match sent.await? {
                Ok(response) => break (lease, response),
                Err(error) => error,
            };
            // A kept connection may have been closed by the other side in the meantime: what was not
            // sent is sent on another, and an idempotent request (RFC 9110, section 9.2.2) that may
            // have been is sent once more.
            let unsent = error.take_message();
            let reason = error.into_error().to_string();
            let to = origin.authority();
            request = match unsent {
                Some(unsent) if lease.is_reused => unsent,
                Some(_) if !was_sent => return Err(SendError::Connect { to, reason }),
                None if lease.is_reused && may_repeat && !was_sent => {
                    was_sent = true;
                    message()?
                }
                _ => return Err(SendError::Broken { to, reason }),
            };
        };
        self.receive(origin, lease, response, &mut clock).await
    }

    async fn receive(
        &self,
        origin: &Origin,
        lease: Lease,
        response: http::Response<Incoming>,
        clock: &mut Clock<'_>,
    ) -> Result<Received, SendError> {
        let (mut head, mut body) = response.into_parts();
        let status = head.status.as_u16();
        let too_large = || SendError::TooLarge {
            to: origin.authority(),
            status,
            largest: self.largest,
        };
        if body.size_hint().lower() > self.largest as u64 {
            return Err(too_large());
        }
        let mut whole = Whole::default();
        loop {
            let what = "sent no more of its answer";
            let frame = clock.wait(body.frame(), self.limits.idle, what).await?;
            let Some(frame) = frame else {
                break;
            };
            let frame = frame.map_err(|error| broken(origin, &error))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if whole.len() + data.len() > self.largest {
                return Err(too_large());
            }
            whole.add(data);
        }
        self.pool.give_back(origin, lease);
        let decoded = decode::decode(&mut head.headers, whole.bytes(), self.largest);
        let body = decoded.map_err(|fault| match fault {
            Fault::TooLarge => too_large(),
            Fault::Unknown(coding) => SendError::Coded {
                to: origin.authority(),
                status,
                coding,
            },
            Fault::Broken => SendError::Coded {
                to: origin.authority(),
                status,
                coding: "gzip".into(),
            },
        })?;
        Ok(Received {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}

/// A body so far. Most come in one piece, which is not copied.
#[derive(Default)]
struct Whole {
    first: Bytes,
    all: BytesMut,
}

impl Whole {
    fn len(&self) -> usize {
        self.first.len().max(self.all.len())
    }

    fn add(&mut self, piece: Bytes) {
        if self.len() == 0 {
            self.first = piece;
            return;
        }
        self.all.extend_from_slice(&std::mem::take(&mut self.first));
        self.all.extend_from_slice(&piece);
    }

    fn bytes(self) -> Bytes {
        match self.all.is_empty() {
            true => self.first,
            false => self.all.freeze(),
        }
    }
}

fn late(origin: &Origin, what: &'static str, limit: Duration) -> SendError {
    SendError::Late {
        to: origin.authority(),
        what,
        limit,
    }
}

fn unconnected(origin: &Origin, limit: Duration) -> SendError {
    SendError::Connect {
        to: origin.authority(),
        reason: format!("there is none within {} s", limit.as_secs()),
    }
}

fn broken(origin: &Origin, error: &hyper::Error) -> SendError {
    SendError::Broken {
        to: origin.authority(),
        reason: error.to_string(),
    }
}
