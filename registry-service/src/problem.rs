//! Errors of handlers, as `application/problem+json` (RFC 9457).
//!
//! A handler returns `Result<_, Refusal>`; every core error has a status there
//! (see [`Problem`]). What the platform itself got wrong is logged with its
//! causes, and shown without them.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use toolmill_core::{Error, Problem};

pub(crate) enum Refusal {
    /// No token, or one that nobody has: the two are not told apart.
    Unauthorized,
    /// Something is there, but not for this method.
    Method {
        method: Method,
        path: String,
    },
    /// The body is compressed.
    Encoded,
    /// The body is longer than a specification may be.
    TooLarge(usize),
    /// The body did not come in time.
    Slow,
    /// The caller has enough on the way.
    TooMany,
    /// All callers together have enough on the way.
    Busy,
    Error(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// When it is worth asking again, in seconds (RFC 9110, section 10.2.3).
const RETRY_AFTER: &str = "5";

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some((name, value)) = self.header() {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl Refusal {
    fn problem(&self) -> Problem {
        let (status, title, detail, hint) = match self {
            Self::Unauthorized => (
                401,
                "Unauthorized",
                "This needs a valid bearer token.".to_owned(),
                "`toolmill token` prints the local user's.",
            ),
            Self::Method { method, path } => (
                405,
                "Method not allowed",
                format!("`{path}` does not take {method}."),
                "",
            ),
            Self::Encoded => (
                415,
                "Unsupported encoding",
                "A specification is not taken compressed.".to_owned(),
                "Send it as it is, without `Content-Encoding`.",
            ),
            Self::TooLarge(most) => (
                413,
                "Too large",
                format!("The specification is larger than {most} bytes."),
                "Leave out what no tool needs, such as examples.",
            ),
            Self::Slow => (
                408,
                "Too late",
                "The specification did not come in time.".to_owned(),
                "Send it again.",
            ),
            Self::TooMany => (
                429,
                "Too many requests",
                "Too many of your specifications are on the way.".to_owned(),
                "Wait until some are mounted, and send this one again.",
            ),
            Self::Busy => (
                503,
                "Unavailable",
                "Too many specifications come in at once.".to_owned(),
                "Send this one again in a few seconds.",
            ),
            Self::Error(error) => {
                if matches!(error, Error::Internal { .. }) {
                    tracing::error!(error = error as &dyn std::error::Error, "a request failed");
                }
                return Problem::from(error);
            }
        };
        Problem {
            title: title.to_owned(),
            status,
            detail,
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
            diagnostics: Vec::new(),
        }
    }

    fn header(&self) -> Option<(HeaderName, &'static str)> {
        match self {
            Self::Unauthorized => Some((header::WWW_AUTHENTICATE, "Bearer")),
            Self::Encoded => Some((header::ACCEPT_ENCODING, "identity")),
            Self::TooMany | Self::Busy => Some((header::RETRY_AFTER, RETRY_AFTER)),
            _ => None,
        }
    }
}
