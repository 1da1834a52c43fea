//! A server's connection, which is cut where it does not read its answer in time.
//!
//! HTTP waits for as long as the other side reads nothing, and the connection to
//! the API waits with it. Grants have a deadline, after which nothing is owed.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;
use tokio::time::{Sleep, sleep_until};

/// Until when the answer under way may be written.
#[derive(Clone, Default)]
pub(super) struct Deadline(Arc<Mutex<Option<Instant>>>);

impl Deadline {
    pub(super) fn set(&self, until: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    fn get(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream whose writes fail once its deadline has passed.
pub(super) struct Timely {
    stream: UnixStream,
    deadline: Deadline,
    /// Runs while the other side is waited for.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Timely {
    pub(super) fn new(stream: UnixStream, deadline: Deadline) -> Self {
        Self {
            stream,
            deadline,
            waiting: None,
        }
    }

    /// Writes by `write`, unless it is too late for that.
    fn in_time(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut UnixStream>, &mut Context<'_>) -> Poll<Result<usize>>,
    ) -> Poll<Result<usize>> {
        let Some(until) = self.deadline.get() else {
            return write(Pin::new(&mut self.stream), cx);
        };
        if until <= Instant::now() {
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        }
        let written = write(Pin::new(&mut self.stream), cx);
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(sleep_until(until.into())));
        let late = waiting.as_mut().poll(cx);
        late.map(|()| Err(Error::from(ErrorKind::TimedOut)))
    }
}

impl AsyncRead for Timely {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Timely {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        self.in_time(cx, |stream, cx| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.in_time(cx, |stream, cx| stream.poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
