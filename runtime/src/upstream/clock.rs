//! The limits in time of one exchange, which share a timer. Connecting, which few exchanges have to
//! wait for, has further ones of its own.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use tokio::time::{Instant, Sleep};

use super::{SendError, late};
use crate::base::Origin;

/// How long the parts of an exchange may take, each for itself and all together.
pub(super) struct Clock<'a> {
    pub(super) origin: &'a Origin,
    /// Due at the end of whichever part is under way, or of the exchange.
    pub(super) timer: Pin<&'a mut Sleep>,
    /// When all has to have ended, and how long that was from the beginning.
    pub(super) deadline: Instant,
    pub(super) total: Duration,
}

impl Clock<'_> {
    /// Waits for a part that is done within `limit`, or else did `what`. The timer is set only where
    /// there is something to wait for.
    pub(super) async fn wait<T>(
        &mut self,
        part: impl Future<Output = T>,
        limit: Duration,
        what: &'static str,
    ) -> Result<T, SendError> {
        let mut part = pin!(part);
        let mut end = None;
        poll_fn(|context| {
            if let Poll::Ready(done) = part.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            let end = *end.get_or_insert_with(|| {
                let end = self.deadline.min(Instant::now() + limit);
                self.timer.as_mut().reset(end);
                end
            });
            let is_over = self.timer.as_mut().poll(context);
            is_over.map(|()| match end == self.deadline {
                true => Err(late(self.origin, "did not finish its answer", self.total)),
                false => Err(late(self.origin, what, limit)),
            })
        })
        .await
    }
}
