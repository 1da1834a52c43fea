//! The registry: where APIs are registered, and brought from bytes to a
//! mounted server.
//!
//! [`Registry`] holds the pipeline; [`router`] is its REST face under
//! `/api/v1`, a folder of handlers that mirrors the URLs.

mod admission;
mod credentials;
mod example;
mod pipeline;
mod problem;
mod registry;
mod routes;

pub use example::{Examples, RunningExample};
pub use pipeline::Events;
pub use registry::{Parts, Registry};
pub use routes::{ApiView, CredentialView, ServerView, StatusView, ToolView, router};
