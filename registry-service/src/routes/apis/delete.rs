//! `DELETE /api/v1/apis/{slug}`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use toolmill_core::Slug;

use crate::Registry;
use crate::problem::Refusal;
use crate::routes::auth::Caller;
use crate::routes::extract::Path;

/// The owner deletes the API with all it has; another user only loses sight of it.
pub(super) async fn delete(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path(slug): Path<Slug>,
) -> Result<StatusCode, Refusal> {
    registry.remove(&caller.ctx, &slug).await?;
    Ok(StatusCode::NO_CONTENT)
}
