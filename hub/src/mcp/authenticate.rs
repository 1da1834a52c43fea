//! Who asks: the bearer token of each request (RFC 6750).

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use toolmill_core::{Store, TenantCtx, TokenHash};

use super::reply;
use crate::recent::Recent;

/// A withdrawn token is good for so much longer.
const LIFETIME: Duration = Duration::from_secs(5);
const REMEMBERED: usize = 4096;
const MAX_TOKEN: usize = 4096;

pub(super) struct Authenticator {
    store: Arc<dyn Store>,
    known: Recent<TokenHash, TenantCtx>,
}

/// A user, and the token that was shown.
#[derive(Clone, Copy)]
pub(super) struct Caller {
    pub(super) ctx: TenantCtx,
    pub(super) token: TokenHash,
}

impl Authenticator {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            known: Recent::new(LIFETIME, REMEMBERED),
        }
    }

    /// The user whose token the request carries.
    ///
    /// # Errors
    /// The answer to give instead: 401 without a valid token, 503 where the
    /// store does not say.
    pub(super) async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Response> {
        let token = match bearer(headers) {
            Shown::Nothing => return Err(unauthorized("Bearer realm=\"toolmill\"")),
            Shown::Unusable => return Err(invalid_token()),
            Shown::Token(token) => TokenHash::of(token),
        };
        let asked = match self.known.recall(&token) {
            Ok(ctx) => return Ok(Caller { ctx, token }),
            Err(asked) => asked,
        };
        match self.store.authenticate(&token).await {
            Ok(Some(principal)) => {
                self.known.remember(asked, token, principal.ctx);
                Ok(Caller {
                    ctx: principal.ctx,
                    token,
                })
            }
            Ok(None) => Err(invalid_token()),
            Err(error) => {
                tracing::error!(%error, "a token could not be checked");
                Err(unavailable())
            }
        }
    }
}

enum Shown<'a> {
    Nothing,
    Token(&'a str),
    /// Twice, of another scheme, or not a token: never repeated in an answer.
    Unusable,
}

fn bearer(headers: &HeaderMap) -> Shown<'_> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return match headers.contains_key(AUTHORIZATION) {
            true => Shown::Unusable,
            false => Shown::Nothing,
        };
    };
    let token = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty() && token.len() <= MAX_TOKEN);
    token.map_or(Shown::Unusable, Shown::Token)
}

fn invalid_token() -> Response {
    unauthorized("Bearer realm=\"toolmill\", error=\"invalid_token\"")
}

fn unauthorized(challenge: &'static str) -> Response {
    let mut response = reply::problem(
        StatusCode::UNAUTHORIZED,
        "Not signed in",
        "This needs the bearer token of a user.",
        "Send `Authorization: Bearer TOKEN` with the token that `toolmill token` prints.",
    );
    response
        .headers_mut()
        .insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

fn unavailable() -> Response {
    reply::problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "Unavailable",
        "The token could not be checked.",
        "Try again later.",
    )
}
