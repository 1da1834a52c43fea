//! Whether the instance lives, and is of use. These need no token and tell
//! nothing about anybody.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use toolmill_core::TokenHash;

use crate::Registry;
use crate::problem::Refusal;

pub(super) fn router() -> Router<Arc<Registry>> {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/version", get(version))
}

/// The process answers.
async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The store and the engine answer too.
async fn ready(State(registry): State<Arc<Registry>>) -> Result<Json<Value>, Refusal> {
    registry
        .parts
        .store
        .authenticate(&TokenHash::of(""))
        .await?;
    registry.parts.servers.status().await?;
    Ok(Json(json!({ "status": "ready" })))
}

async fn version(State(registry): State<Arc<Registry>>) -> Json<Value> {
    let parts = &registry.parts;
    Json(json!({
        "name": "toolmill",
        "version": parts.version,
        "engine": parts.engine,
        "instance": parts.instance,
    }))
}
