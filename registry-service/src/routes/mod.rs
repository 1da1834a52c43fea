//! The REST interface: folders are the URL, a file is one resource.

mod apis;
mod auth;
mod health;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;

use crate::Registry;

pub use apis::{ApiView, CredentialView, ServerView, StatusView, ToolView};

/// The largest specification taken, in bytes.
const SPEC_LIMIT: usize = 16 * 1024 * 1024;

/// `/api/v1`, `/health`, `/ready` and `/version`.
pub fn router(registry: Arc<Registry>) -> Router {
    let v1 = Router::new()
        .nest("/apis", apis::router())
        .merge(users::router());
    Router::new()
        .nest("/api/v1", v1)
        .merge(health::router())
        .layer(DefaultBodyLimit::max(SPEC_LIMIT))
        .with_state(registry)
}
