//! `/api/v1/apis/{slug}/credentials`: values go in and never come out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use toolmill_core::{Error, Slug};

use super::view::CredentialView;
use crate::Registry;
use crate::problem::Refusal;
use crate::routes::auth::Caller;
use crate::routes::extract::Path;

/// Far above any token in use; a limit all the same.
const LARGEST: usize = 64 * 1024;

/// The API's schemes, and for which of them the caller has stored something.
pub(super) async fn list(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path(slug): Path<Slug>,
) -> Result<Json<Vec<CredentialView>>, Refusal> {
    let api = registry.api(&caller.ctx, &slug).await?;
    let manifest = registry.current_manifest(&caller.ctx, &api).await?;
    let stored = registry
        .parts
        .store
        .credentials(&caller.ctx, api.id)
        .await?;
    Ok(Json(CredentialView::all(manifest.as_ref(), &stored)))
}

/// The body is the value as it stands; line ends around it are not part of it.
pub(super) async fn put(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path((slug, scheme)): Path<(Slug, String)>,
    headers: HeaderMap,
    value: String,
) -> Result<StatusCode, Refusal> {
    let media = headers.get(CONTENT_TYPE).map(|media| media.as_bytes());
    if media.is_some_and(|media| media.starts_with(b"application/")) {
        let hint = "Send the value alone, as `text/plain`.";
        return Err(Error::invalid("A credential is plain text, not a document.", hint).into());
    }
    let value = SecretString::from(checked(value.trim_matches(['\r', '\n']))?);
    let api = registry.api(&caller.ctx, &slug).await?;
    registry
        .put_credential(&caller.ctx, &api, &scheme, &value)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn delete(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path((slug, scheme)): Path<(Slug, String)>,
) -> Result<StatusCode, Refusal> {
    let api = registry.api(&caller.ctx, &slug).await?;
    registry
        .delete_credential(&caller.ctx, &api, &scheme)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What no credential is, of whatever scheme.
fn checked(value: &str) -> Result<&str, Error> {
    let reason = if value.is_empty() {
        "The credential is empty."
    } else if value.len() > LARGEST {
        "The credential is longer than 64 KiB."
    } else {
        return Ok(value);
    };
    Err(Error::invalid(
        reason,
        "Send the value alone, as the body of the request.",
    ))
}
