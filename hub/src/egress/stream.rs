//! An API's answer on its way to the server, held to its limits.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep_until};

/// Ends with an error where the API sends too much or too slowly, so that the
/// server does not take the beginning for the whole.
pub(super) struct Held<B> {
    body: B,
    left: u64,
    idle: Duration,
    until: Instant,
    /// Runs while the next part is waited for.
    waiting: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Cut {
    #[error("The API's answer is too large.")]
    TooLarge,
    #[error("The API's answer does not come to its end in time.")]
    Late,
    #[error("The API broke its answer off.")]
    BrokenOff(#[source] hyper::Error),
    #[error("The API's answer is not in the content coding that it names.")]
    Coding(#[source] io::Error),
}

impl<B> Held<B> {
    /// Lets through at most `limit` bytes until `until`.
    pub(super) fn new(body: B, limit: u64, idle: Duration, until: Instant) -> Self {
        Self {
            body,
            left: limit,
            idle,
            until,
            waiting: None,
        }
    }

    /// Whether the next part is overdue.
    fn overdue(&mut self, cx: &mut Context<'_>) -> bool {
        let (idle, until) = (self.idle, self.until);
        let waiting = self.waiting.get_or_insert_with(|| {
            let until = until.min(Instant::now() + idle);
            Box::pin(sleep_until(until.into()))
        });
        waiting.as_mut().poll(cx).is_ready()
    }
}

impl<B> Body for Held<B>
where
    B: Body<Data = Bytes, Error = hyper::Error> + Unpin,
{
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let frame = match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(Some(Err(error))) => return cut(Cut::BrokenOff(error)),
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending if self.overdue(cx) => return cut(Cut::Late),
            Poll::Pending => return Poll::Pending,
        };
        self.waiting = None;
        let size = frame.data_ref().map_or(0, |data| data.len() as u64);
        match self.left.checked_sub(size) {
            Some(left) => {
                self.left = left;
                Poll::Ready(Some(Ok(frame)))
            }
            None => cut(Cut::TooLarge),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

pub(super) fn cut(why: Cut) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
    tracing::warn!(%why, "an answer was cut off");
    Poll::Ready(Some(Err(why)))
}
