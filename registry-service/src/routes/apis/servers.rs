//! `deploy`, `restart` and `status` of an API's servers, as far as they serve
//! the caller.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use toolmill_core::{Error, Isolation, Slug, TenantCtx};

use super::view::{ServerView, StatusView};
use crate::Registry;
use crate::problem::Refusal;
use crate::routes::auth::Caller;
use crate::routes::extract::Path;

/// Starts the server where it sleeps, and answers when it listens.
pub(super) async fn deploy(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path(slug): Path<Slug>,
) -> Result<Json<StatusView>, Refusal> {
    start(&registry, &caller.ctx, &slug, false).await
}

/// The same with a new process.
pub(super) async fn restart(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path(slug): Path<Slug>,
) -> Result<Json<StatusView>, Refusal> {
    start(&registry, &caller.ctx, &slug, true).await
}

pub(super) async fn status(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path(slug): Path<Slug>,
) -> Result<Json<StatusView>, Refusal> {
    Ok(Json(view(&registry, &caller.ctx, &slug).await?))
}

async fn start(
    registry: &Registry,
    ctx: &TenantCtx,
    slug: &Slug,
    anew: bool,
) -> Result<Json<StatusView>, Refusal> {
    let api = registry.api(ctx, slug).await?;
    if anew && api.isolation == Isolation::Shared && api.owner != ctx.user {
        let message = "Others use this server too; only the API's owner may restart it.";
        return Err(Error::Forbidden {
            message: message.to_owned(),
        }
        .into());
    }
    registry.deploy(ctx, api.id, anew).await?;
    registry
        .note(
            ctx,
            if anew { "api.restart" } else { "api.deploy" },
            slug.as_str(),
        )
        .await;
    Ok(Json(view(registry, ctx, slug).await?))
}

async fn view(registry: &Registry, ctx: &TenantCtx, slug: &Slug) -> Result<StatusView, Refusal> {
    let api = registry.api(ctx, slug).await?;
    let versions = registry.parts.store.versions(ctx, api.id).await?;
    let found = registry.parts.servers.status().await?;
    let servers = registry
        .parts
        .store
        .deployments(ctx, api.id)
        .await?
        .iter()
        .map(|deployment| ServerView::new(deployment, found.get(&deployment.key)))
        .collect();
    Ok(StatusView::new(&api, versions.first(), servers))
}
