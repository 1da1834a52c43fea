//! `GET /api/v1/apis/{slug}/logs?tail=100`: what the caller's servers wrote.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use toolmill_core::{Isolation, LogLine, Slug};

use crate::Registry;
use crate::problem::Refusal;
use crate::routes::auth::Caller;
use crate::routes::extract::{Path, Query};

const MOST: usize = 10_000;

#[derive(Deserialize)]
pub(super) struct Options {
    tail: Option<usize>,
}

/// Oldest first. A server that users share writes of all of them, so only the
/// API's owner reads its log.
pub(super) async fn logs(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path(slug): Path<Slug>,
    Query(options): Query<Options>,
) -> Result<Json<Vec<LogLine>>, Refusal> {
    let api = registry.api(&caller.ctx, &slug).await?;
    let mut lines = Vec::new();
    if api.isolation == Isolation::User || api.owner == caller.ctx.user {
        let tail = options.tail.unwrap_or(100).min(MOST);
        for deployment in registry
            .parts
            .store
            .deployments(&caller.ctx, api.id)
            .await?
        {
            lines.extend(registry.parts.servers.logs(&deployment.key, tail).await?);
        }
    }
    Ok(Json(lines))
}
