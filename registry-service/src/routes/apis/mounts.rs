//! `PUT /api/v1/apis/{slug}/mounts/{user}`: lets another user of the tenant
//! use an API of the caller's, with credentials of their own.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use toolmill_core::Slug;

use crate::Registry;
use crate::problem::Refusal;
use crate::routes::auth::Caller;
use crate::routes::extract::Path;

pub(super) async fn put(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path((slug, user)): Path<(Slug, String)>,
) -> Result<StatusCode, Refusal> {
    let user = registry.parts.store.user_named(&caller.ctx, &user).await?;
    registry.share(&caller.ctx, &slug, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
