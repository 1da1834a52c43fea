//! `/api/v1/user`, the caller; `/api/v1/users`, everybody of the tenant.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use toolmill_core::{Role, TenantCtx, TokenHash, User};

use super::auth::{Admin, Caller};
use super::extract;
use crate::Registry;
use crate::problem::Refusal;

pub(super) fn router() -> Router<Arc<Registry>> {
    Router::new()
        .route("/user", get(me))
        .route("/users", get(list).post(add))
}

async fn me(Caller(caller): Caller) -> Json<Value> {
    Json(json!({ "id": caller.ctx.user, "name": caller.name, "role": caller.role }))
}

async fn list(
    State(registry): State<Arc<Registry>>,
    Admin(caller): Admin,
) -> Result<Json<Vec<User>>, Refusal> {
    Ok(Json(registry.parts.store.users(&caller.ctx).await?))
}

#[derive(Deserialize)]
struct NewUser {
    name: String,
}

/// Adds a user, and says the token once: only its hash is kept.
async fn add(
    State(registry): State<Arc<Registry>>,
    Admin(caller): Admin,
    extract::Json(new): extract::Json<NewUser>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let store = &registry.parts.store;
    let user = store.add_user(&caller.ctx, &new.name, Role::Member).await?;
    let token = toolmill_vault::new_token()?;
    let theirs = TenantCtx {
        tenant: caller.ctx.tenant,
        user: user.id,
    };
    store
        .put_token(
            &theirs,
            &TokenHash::of(token.expose_secret()),
            "first token",
        )
        .await?;
    registry.note(&caller.ctx, "user.add", &user.name).await;
    let body = json!({ "id": user.id, "name": user.name, "token": token.expose_secret() });
    Ok((StatusCode::CREATED, Json(body)))
}
