//! Bearer tokens (RFC 6750).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use toolmill_core::{Error, Principal, Role, TokenHash};

use crate::Registry;
use crate::problem::Refusal;

/// Whoever sent the request, by the token it carries.
pub(crate) struct Caller(pub Principal);

/// A caller who may administer the tenant.
pub(crate) struct Admin(pub Principal);

impl FromRequestParts<Arc<Registry>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        registry: &Arc<Registry>,
    ) -> Result<Self, Refusal> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(bearer)
            .ok_or(Refusal::Unauthorized)?;
        let principal = registry
            .parts
            .store
            .authenticate(&TokenHash::of(token))
            .await?;
        principal.map(Self).ok_or(Refusal::Unauthorized)
    }
}

impl FromRequestParts<Arc<Registry>> for Admin {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        registry: &Arc<Registry>,
    ) -> Result<Self, Refusal> {
        let Caller(principal) = Caller::from_request_parts(parts, registry).await?;
        if principal.role == Role::Admin {
            return Ok(Self(principal));
        }
        let message = "This needs a token of an administrator.".to_owned();
        Err(Error::Forbidden { message }.into())
    }
}

/// The token in `Bearer TOKEN`; the scheme's name in any case.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
