//! Redirects within the API.
//!
//! A grant is for requests of one operation, and a redirect leads to another
//! path. Servers follow it themselves (`docs/serialization.md`, "More than one
//! request"), so the answer comes with a further grant: for the very request
//! that the API redirected to, until the deadline of the first one. It is as
//! sealed as the first one, and so no server can make one up, and any hub can
//! open it. `docs/adr/0006` says why.

use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sha2::{Digest, Sha256};
use toolmill_core::{Grant, ToolRoute};
use url::Url;

use super::operation::below;

/// What a redirect leads to.
pub(super) struct Redirect {
    /// Absolute, without what a server would leave out of it.
    pub(super) location: HeaderValue,
    pub(super) grant: Grant,
}

/// The grant for following a redirect, where it is one that a server may follow:
/// of a request that changes nothing, and to a place of the same origin below the
/// API's base path. `url` is where the redirected request went.
pub(super) fn renewed(
    grant: &Grant,
    route: &ToolRoute,
    (method, url): (&Method, &Url),
    (status, headers): (StatusCode, &HeaderMap),
) -> Option<Redirect> {
    let method = method_after(status, method)?;
    let location = headers.get(LOCATION)?.to_str().ok()?;
    // The query may hold a credential, and a location without a path would keep it.
    let mut from = url.clone();
    from.set_query(None);
    let mut to = from.join(location).ok()?;
    to.set_fragment(None);
    let query = to.query().map(|query| {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        pairs.collect::<Vec<_>>().join("&")
    });
    to.set_query(query.as_deref().filter(|query| !query.is_empty()));
    let has_user = !to.username().is_empty() || to.password().is_some();
    if to.origin() != url.origin() || has_user {
        return None;
    }
    below(&to, route)?;
    Some(Redirect {
        location: HeaderValue::try_from(to.as_str()).ok()?,
        grant: Grant {
            redirect: Some(digest(&method, &to)),
            ..grant.clone()
        },
    })
}

/// What [`Grant::redirect`] holds of a request.
pub(super) fn digest(method: &Method, url: &Url) -> [u8; 32] {
    Sha256::digest(format!("{method} {url}")).into()
}

/// The method of the request that follows (RFC 9110, section 15.4). Only what is
/// safe is followed: the methods that IANA's registry says it of.
fn method_after(status: StatusCode, method: &Method) -> Option<Method> {
    let is_safe = matches!(
        method.as_str(),
        "GET" | "HEAD" | "OPTIONS" | "QUERY" | "PROPFIND" | "REPORT" | "SEARCH"
    );
    match status.as_u16() {
        _ if !is_safe => None,
        303 if *method != Method::HEAD => Some(Method::GET),
        301 | 302 | 303 | 307 | 308 => Some(method.clone()),
        _ => None,
    }
}
