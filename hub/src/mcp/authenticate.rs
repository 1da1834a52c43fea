//! Who asks: the bearer token of each request (RFC 6750).

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use toolmill_core::{Store, TenantCtx, TokenHash};

use super::refused::Refused;
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
    /// Without a valid token, or where the store does not say whose it is.
    pub(super) async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refused> {
        let token = match bearer(headers) {
            Shown::Nothing => return Err(Refused::NotSignedIn),
            Shown::Unusable => return Err(Refused::InvalidToken),
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
            Ok(None) => Err(Refused::InvalidToken),
            Err(error) => {
                tracing::error!(%error, "a token could not be checked");
                Err(Refused::Unchecked)
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
