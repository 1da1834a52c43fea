//! A stated request as an HTTP message.

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, USER_AGENT},
};
use http_body_util::Full;

use crate::{Request, base::Base};

const AGENT: &str = concat!("toolmill/", env!("CARGO_PKG_VERSION"));

/// The message that goes to the API at `base`, with these headers besides its own.
pub(crate) fn into_http(
    request: &Request,
    further: &[(HeaderName, HeaderValue)],
    base: &Base,
) -> Result<http::Request<Full<Bytes>>, http::Error> {
    let mut headers = request.headers.clone();
    // With `Accept`, `User-Agent` and `Host`.
    headers.reserve(further.len() + 3);
    headers.extend(further.iter().cloned());
    headers
        .entry(ACCEPT)
        .or_insert(HeaderValue::from_static("application/json, */*;q=0.8"));
    headers
        .entry(USER_AGENT)
        .or_insert(HeaderValue::from_static(AGENT));
    if !request.cookies.is_empty() {
        let mut cookies = HeaderValue::from_str(&request.cookies.join("; "))?;
        cookies.set_sensitive(true);
        headers.insert(COOKIE, cookies);
    }
    let mut bytes = Bytes::new();
    if let Some(body) = &request.body {
        headers.insert(CONTENT_TYPE, body.media_type.clone());
        bytes = body.bytes.clone();
    }
    if bytes.is_empty() && matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
        // These methods expect a body, so that there is none has to be said (RFC 9110, section 8.6).
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let mut http = http::Request::new(Full::new(bytes));
    *http.method_mut() = request.method.clone();
    *http.uri_mut() = base.url(&request.path, &request.query)?;
    *http.headers_mut() = headers;
    Ok(http)
}
