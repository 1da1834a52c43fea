//! `POST /api/v1/apis?name=…&base_url=…`: the specification is the body.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::Deserialize;
use toolmill_core::{Error, Isolation, NewVersion, Slug};
use url::Url;

use super::receive::{discard, receive};
use super::view::ApiView;
use crate::Registry;
use crate::pipeline::parse;
use crate::problem::Refusal;
use crate::registry::now;
use crate::routes::auth::Caller;
use crate::routes::extract::Query;

#[derive(Deserialize)]
pub(super) struct Options {
    /// Made from the specification's title where absent.
    name: Option<Slug>,
    base_url: Option<Url>,
    isolation: Option<Isolation>,
}

/// Answers 202 as soon as the bytes are stored; `events` tells the rest. Bytes
/// that cannot be read at all are not stored.
pub(super) async fn register(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Query(options): Query<Options>,
    request: Request,
) -> Result<(StatusCode, Json<ApiView>), Refusal> {
    let most = registry.parts.limits.document_bytes;
    let mut import = match registry.admission.admit(&caller.ctx) {
        Ok(import) => import,
        Err(refusal) => {
            discard(request.into_body().into_data_stream(), most).await;
            return Err(refusal);
        }
    };
    let spec = receive(request, most).await?;
    if spec.iter().all(u8::is_ascii_whitespace) {
        let hint = "Send the specification, JSON or YAML, as the body of the request.";
        return Err(Error::invalid("The specification is empty.", hint).into());
    }
    let document = parse(&registry, spec).await?;
    let title = document
        .root
        .get("info")
        .and_then(|info| info.get_string("title"));
    let new = NewVersion {
        slug: options
            .name
            .unwrap_or_else(|| Slug::suggest(title.unwrap_or_default())),
        format: document.format,
        spec: document.bytes.to_vec(),
        base_url: options.base_url,
        isolation: options.isolation,
        example: None,
        created_at: now(),
    };
    import.arrived();
    let registered = registry.register(&caller.ctx, new, import).await?;
    let view = ApiView::new(&registered.api, Some(&registered.version), true);
    Ok((StatusCode::ACCEPTED, Json(view)))
}
