//! What is known of methods. They are told by their names, as several have no constant in `http`.

use http::Method;

/// Whether a request of this method changes nothing (RFC 9110, section 9.2.1; IANA, HTTP Method
/// Registry).
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(
        method.as_str(),
        "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY" | "PROPFIND" | "REPORT" | "SEARCH"
    )
}

/// Whether sending it twice is like sending it once (RFC 9110, section 9.2.2). Of methods that few
/// APIs have this is not taken for granted.
pub(crate) fn is_idempotent(method: &Method) -> bool {
    is_safe(method) || matches!(*method, Method::PUT | Method::DELETE)
}
