//! Kept HTTP/1.1 connections, by whatever must be equal for one to be reused.

use std::collections::HashMap;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;
use tokio::time::timeout;

/// An idle connection is kept this long, and at most so many for one key.
const KEPT_FOR: Duration = Duration::from_secs(20);
const KEPT: usize = 64;
/// A returned connection is ready again as soon as its task has run once more.
const READY_WITHIN: Duration = Duration::from_millis(20);

/// Connections that wait for their next request.
pub(crate) struct Pool<K, B> {
    idle: Mutex<Idle<K, B>>,
}

struct Idle<K, B> {
    connections: HashMap<K, Vec<(Instant, SendRequest<B>)>>,
    swept: Instant,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum SendError<E> {
    /// No connection could be made; nothing was sent.
    Dial(E),
    /// The connection broke before the answer's head was there.
    Broken(hyper::Error),
    /// The answer's head did not come in time.
    Late,
}

/// An answer's body. Read to its end, it returns its connection to the pool;
/// dropped before, it closes it.
pub(crate) struct Pooled<K: Eq + Hash, B> {
    body: Incoming,
    home: Option<Home<K, B>>,
}

/// Where a connection goes back to.
struct Home<K, B> {
    pool: Arc<Pool<K, B>>,
    key: K,
    connection: SendRequest<B>,
}

impl<K, B> Pool<K, B>
where
    K: Clone + Eq + Hash,
    B: Body + Send + 'static,
{
    pub(crate) fn new() -> Arc<Self> {
        let idle = Idle {
            connections: HashMap::new(),
            swept: Instant::now(),
        };
        Arc::new(Self {
            idle: Mutex::new(idle),
        })
    }

    /// Sends over a kept connection, or over the one that `dial` makes. A
    /// request is sent again only where no byte of it had been written.
    pub(crate) async fn send<E>(
        self: &Arc<Self>,
        key: &K,
        mut request: Request<B>,
        answer_within: Duration,
        dial: impl Future<Output = Result<SendRequest<B>, E>>,
    ) -> Result<Response<Pooled<K, B>>, SendError<E>> {
        while let Some(mut connection) = self.take(key).await {
            match timeout(answer_within, connection.try_send_request(request)).await {
                Ok(Ok(answer)) => return Ok(self.lend(key, connection, answer)),
                Ok(Err(mut failed)) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(SendError::Broken(failed.into_error())),
                },
                Err(_) => return Err(SendError::Late),
            }
        }
        let mut connection = dial.await.map_err(SendError::Dial)?;
        match timeout(answer_within, connection.send_request(request)).await {
            Ok(Ok(answer)) => Ok(self.lend(key, connection, answer)),
            Ok(Err(error)) => Err(SendError::Broken(error)),
            Err(_) => Err(SendError::Late),
        }
    }

    /// A kept connection that is still usable, the last returned first.
    async fn take(&self, key: &K) -> Option<SendRequest<B>> {
        loop {
            let mut connection = self.pop(key)?;
            let ready = connection.is_ready()
                || matches!(timeout(READY_WITHIN, connection.ready()).await, Ok(Ok(())));
            if ready {
                return Some(connection);
            }
        }
    }

    fn pop(&self, key: &K) -> Option<SendRequest<B>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.connections.get_mut(key)?;
        while let Some((since, connection)) = kept.pop() {
            if since.elapsed() < KEPT_FOR && !connection.is_closed() {
                return Some(connection);
            }
        }
        idle.connections.remove(key);
        None
    }

    fn put(&self, key: K, connection: SendRequest<B>) {
        if connection.is_closed() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.sweep();
        let kept = idle.connections.entry(key).or_default();
        if kept.len() < KEPT {
            kept.push((Instant::now(), connection));
        }
    }

    fn lend(
        self: &Arc<Self>,
        key: &K,
        connection: SendRequest<B>,
        answer: Response<Incoming>,
    ) -> Response<Pooled<K, B>> {
        answer.map(|body| {
            let mut body = Pooled {
                body,
                home: Some(Home {
                    pool: self.clone(),
                    key: key.clone(),
                    connection,
                }),
            };
            if body.body.is_end_stream() {
                body.give_back();
            }
            body
        })
    }
}

impl<K, B> Idle<K, B> {
    /// Closes what has waited too long, for keys that nobody asks for any more.
    fn sweep(&mut self) {
        if self.swept.elapsed() < KEPT_FOR {
            return;
        }
        self.swept = Instant::now();
        self.connections.retain(|_, kept| {
            kept.retain(|(since, connection)| {
                since.elapsed() < KEPT_FOR && !connection.is_closed()
            });
            !kept.is_empty()
        });
    }
}

impl<K, B> Pooled<K, B>
where
    K: Clone + Eq + Hash,
    B: Body + Send + 'static,
{
    fn give_back(&mut self) {
        if let Some(home) = self.home.take() {
            home.pool.put(home.key, home.connection);
        }
    }
}

impl<K, B> Body for Pooled<K, B>
where
    K: Clone + Eq + Hash + Unpin,
    B: Body + Send + 'static,
{
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Err(_)) => self.home = None,
            Some(Ok(_)) if !self.body.is_end_stream() => {}
            Some(Ok(_)) | None => self.give_back(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
