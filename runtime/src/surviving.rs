//! Panics, which end the answer to one message and nothing else.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
};

/// The output of a future; nothing where it panics. It is pinned where it is made, since the
/// futures of whole messages are too large to be moved about.
pub(crate) async fn surviving<T>(mut future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    poll_fn(|context| match caught(|| future.as_mut().poll(context)) {
        Some(polled) => polled.map(Some),
        None => std::task::Poll::Ready(None),
    })
    .await
}

fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    let payload = match catch_unwind(AssertUnwindSafe(run)) {
        Ok(output) => return Some(output),
        Err(payload) => payload,
    };
    // What was thrown may panic in its turn when it is dropped, and so might what that throws.
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(payload)));
    dropped.unwrap_or_else(std::mem::forget);
    None
}
