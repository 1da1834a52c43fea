//! The REST interface: folders are the URL, a file is one resource.

mod apis;
mod auth;
mod extract;
mod health;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Uri};
use toolmill_core::Error;

use crate::Registry;
use crate::problem::Refusal;

pub use apis::{ApiView, CredentialView, ServerView, StatusView, ToolView};

/// `/api/v1`, `/health`, `/ready` and `/version`.
pub fn router(registry: Arc<Registry>) -> Router {
    let v1 = Router::new()
        .nest("/apis", apis::router())
        .merge(users::router())
        .fallback(no_such_resource)
        .method_not_allowed_fallback(no_such_method);
    Router::new()
        .nest("/api/v1", v1)
        .merge(health::router())
        .layer(DefaultBodyLimit::max(registry.parts.limits.document_bytes))
        .with_state(registry)
}

async fn no_such_resource(uri: Uri) -> Refusal {
    Error::not_found("resource", uri.path()).into()
}

async fn no_such_method(method: Method, uri: Uri) -> Refusal {
    Refusal::Method {
        method,
        path: uri.path().to_owned(),
    }
}
