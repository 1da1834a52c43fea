//! `GET /api/v1/apis`, and one of them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use toolmill_core::{Api, Result, Slug, TenantCtx};

use super::view::ApiView;
use crate::Registry;
use crate::problem::Refusal;
use crate::routes::auth::Caller;
use crate::routes::extract::Path;

pub(super) async fn list(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
) -> Result<Json<Vec<ApiView>>, Refusal> {
    let mut views = Vec::new();
    for api in registry.parts.store.apis(&caller.ctx).await? {
        views.push(view(&registry, &caller.ctx, &api).await?);
    }
    Ok(Json(views))
}

pub(super) async fn show(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path(slug): Path<Slug>,
) -> Result<Json<ApiView>, Refusal> {
    let api = registry.api(&caller.ctx, &slug).await?;
    Ok(Json(view(&registry, &caller.ctx, &api).await?))
}

async fn view(registry: &Registry, ctx: &TenantCtx, api: &Api) -> Result<ApiView> {
    let versions = registry.parts.store.versions(ctx, api.id).await?;
    Ok(ApiView::new(api, versions.first(), api.owner == ctx.user))
}
