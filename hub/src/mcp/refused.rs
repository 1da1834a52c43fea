//! Refusals of an HTTP request, before there is a message to respond to
//! (RFC 9457).

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use toolmill_core::Problem;

#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("The `Host` header names no host that this hub is reached by.")]
    Host,
    #[error("The `Origin` header names no page that may call this hub.")]
    Origin,
    #[error("This needs the bearer token of a user.")]
    NotSignedIn,
    #[error("The bearer token is not one of a user.")]
    InvalidToken,
    #[error("The bearer token could not be checked.")]
    Unchecked,
    /// Holds those that are allowed.
    #[error("This method is not offered.")]
    Method(&'static str),
    #[error("A `GET` opens a stream of events.")]
    NotAcceptable,
    #[error("A message must be `application/json`.")]
    MediaType,
    /// Holds how many it may have.
    #[error("A message may have at most {0} bytes.")]
    TooLarge(usize),
    #[error("The message did not come to its end.")]
    BrokenOff,
    #[error("The message did not come within 30 s.")]
    TooSlow,
}

impl Refused {
    fn status(self) -> StatusCode {
        match self {
            Self::Host | Self::Origin => StatusCode::FORBIDDEN,
            Self::NotSignedIn | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::Unchecked => StatusCode::SERVICE_UNAVAILABLE,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BrokenOff => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
        }
    }

    fn hint(self) -> Option<&'static str> {
        match self {
            Self::Host | Self::Origin => Some("An operator can allow further hosts and origins."),
            Self::NotSignedIn | Self::InvalidToken => Some(
                "Send `Authorization: Bearer TOKEN` with the token that `toolmill token` prints.",
            ),
            Self::Unchecked => Some("Try again later."),
            Self::NotAcceptable => Some("Send `Accept: text/event-stream`."),
            _ => None,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = self.status();
        let problem = Problem {
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: self.to_string(),
            hint: self.hint().map(str::to_owned),
            diagnostics: Vec::new(),
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        let (name, value) = match self {
            Self::NotSignedIn => (WWW_AUTHENTICATE, "Bearer realm=\"toolmill\""),
            Self::InvalidToken => (
                WWW_AUTHENTICATE,
                "Bearer realm=\"toolmill\", error=\"invalid_token\"",
            ),
            Self::Method(allowed) => (ALLOW, allowed),
            _ => return response,
        };
        headers.insert(name, HeaderValue::from_static(value));
        response
    }
}
