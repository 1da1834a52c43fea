//! Two tool surfaces, and what a caller of the one notices of the other.
//!
//! Both are manifests (`tools.json`), so this compares what clients see, however
//! differently the specifications say it. How requests are written is compared
//! where the specifications are at hand ([`Requests`]), and breaks no caller. A change breaks where a call that was
//! right is refused now, or where something that answers promised is gone:
//! arguments may only become wider, answers only narrower.
//!
//! Schemas that tools share are compared once for each direction, and a change
//! in one names all the tools it reaches. What is compared and reported is
//! bounded; see [`Comparison::incomplete`].

mod change;
mod describe;
mod facts;
mod markdown;
mod requests;
mod schema;
mod tools;
mod view;

use serde::Serialize;
use toolmill_core::Manifest;

pub use change::{Change, ChangeKind, Part};
pub use requests::Requests;

/// What changed from one manifest to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Of the API first, then tool by tool, then of schemas that tools share.
    pub changes: Vec<Change>,
    /// There was more to compare or to report than the limits allow, so that
    /// what is not listed may have changed all the same.
    pub incomplete: bool,
}

impl Comparison {
    /// Whether a change breaks callers, or nobody knows.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.incomplete || self.breaking().next().is_some()
    }

    pub fn breaking(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.breaking)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && !self.incomplete
    }
}

/// Compares what two manifests offer.
#[must_use]
pub fn compare(before: &Manifest, after: &Manifest) -> Comparison {
    tools::compare(before, after, None)
}

/// Compares what two manifests offer, and how the requests of their tools are
/// written, of before and of after.
#[must_use]
pub fn compare_with_requests(
    before: &Manifest,
    after: &Manifest,
    requests: [&Requests; 2],
) -> Comparison {
    tools::compare(before, after, Some(requests))
}
