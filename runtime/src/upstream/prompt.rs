//! TCP without delayed acknowledgements, where they cost time.
//!
//! A server that writes its answer's head and body one after the other, with Nagle's algorithm on
//! (RFC 896), holds the body back until the head is acknowledged; and on a connection that is kept,
//! Linux delays that by 40 ms. Many small servers do just that. An answer that comes whole is
//! acknowledged by the next request, and needs no system call of its own.

use std::{
    io::{IoSlice, Result},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// Whether somebody still waits for the end of an answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Awaited(Arc<AtomicBool>);

impl Awaited {
    pub(super) fn set(&self, is_awaited: bool) {
        self.0.store(is_awaited, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How often a connection is asked for more before that counts as a pause: what has come is handed
/// on in two steps, as head and body, and whoever awaits it has yet to see that it was all.
const TURNS: u8 = 3;

/// A stream that acknowledges a part of an answer when the next is not there yet.
#[derive(Debug)]
pub(super) struct Prompt {
    stream: TcpStream,
    awaited: Awaited,
    /// Turns until what has come is acknowledged, where it has to be.
    turns: Option<u8>,
}

impl Prompt {
    pub(super) fn new(stream: TcpStream, awaited: Awaited) -> Self {
        Self {
            stream,
            awaited,
            turns: None,
        }
    }

    /// Nothing has come now.
    fn pause(&mut self, context: &Context<'_>) {
        match self.turns.take().filter(|_| self.awaited.get()) {
            None => {}
            Some(0) => acknowledge(&self.stream),
            Some(turns) => {
                self.turns = turns.checked_sub(1);
                context.waker().wake_by_ref();
            }
        }
    }
}

impl AsyncRead for Prompt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match read {
            // It is asked for on Linux alone.
            Poll::Ready(_) => self.turns = cfg!(target_os = "linux").then_some(TURNS),
            Poll::Pending => self.pause(context),
        }
        read
    }
}

/// Acknowledges what has come. The kernel leaves this mode by itself, so it is asked for anew each
/// time. Where it can not be had, answers are slower and nothing else.
fn acknowledge(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    let _ = stream.set_quickack(true);
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}

impl AsyncWrite for Prompt {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
