//! `/api/v1/apis`: the caller's APIs, own and shared.

mod credentials;
mod delete;
mod events;
mod list;
mod logs;
mod mounts;
mod receive;
mod register;
mod servers;
mod tools;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use crate::Registry;

pub use view::{ApiView, CredentialView, ServerView, StatusView, ToolView};

pub(super) fn router() -> Router<Arc<Registry>> {
    Router::new()
        .route("/", get(list::list).post(register::register))
        .route("/{slug}", get(list::show).delete(delete::delete))
        .route("/{slug}/events", get(events::events))
        .route("/{slug}/tools", get(tools::tools))
        .route("/{slug}/credentials", get(credentials::list))
        .route(
            "/{slug}/credentials/{scheme}",
            put(credentials::put).delete(credentials::delete),
        )
        .route("/{slug}/mounts/{user}", put(mounts::put))
        .route("/{slug}/deploy", post(servers::deploy))
        .route("/{slug}/restart", post(servers::restart))
        .route("/{slug}/status", get(servers::status))
        .route("/{slug}/logs", get(logs::logs))
}
