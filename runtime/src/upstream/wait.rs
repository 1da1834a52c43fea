//! How long the API asks to wait (RFC 9110, section 10.2.3).

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};

/// What `Retry-After` says, where the status is one that asks to come again later.
pub(crate) fn asked(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let again = [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !again.contains(&status) {
        return None;
    }
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(text).ok()?;
    Some(at.duration_since(SystemTime::now()).unwrap_or_default())
}
