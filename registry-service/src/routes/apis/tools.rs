//! `GET /api/v1/apis/{slug}/tools`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use toolmill_core::Slug;

use super::view::ToolView;
use crate::Registry;
use crate::problem::Refusal;
use crate::routes::auth::Caller;
use crate::routes::extract::Path;

/// The tools of the version that is mounted, in the specification's order.
pub(super) async fn tools(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path(slug): Path<Slug>,
) -> Result<Json<Vec<ToolView>>, Refusal> {
    let api = registry.api(&caller.ctx, &slug).await?;
    let manifest = registry.current_manifest(&caller.ctx, &api).await?;
    let tools = manifest.map_or_else(Vec::new, |manifest| manifest.tools);
    Ok(Json(
        tools
            .iter()
            .map(|tool| ToolView::new(&slug, tool))
            .collect(),
    ))
}
