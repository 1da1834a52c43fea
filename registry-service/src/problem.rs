//! Errors of handlers, as `application/problem+json` (RFC 9457).
//!
//! A handler returns `Result<_, Refusal>`; every core error has a status there
//! (see [`Problem`]). What the platform itself got wrong is logged with its
//! causes, and shown without them.

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
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
    Error(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = match &self {
            Self::Unauthorized => Problem {
                title: "Unauthorized".to_owned(),
                status: 401,
                detail: "This needs a valid bearer token.".to_owned(),
                hint: Some("`toolmill token` prints the local user's.".to_owned()),
                diagnostics: Vec::new(),
            },
            Self::Method { method, path } => Problem {
                title: "Method not allowed".to_owned(),
                status: 405,
                detail: format!("`{path}` does not take {method}."),
                hint: None,
                diagnostics: Vec::new(),
            },
            Self::Error(error) => {
                if matches!(error, Error::Internal { .. }) {
                    tracing::error!(error = error as &dyn std::error::Error, "a request failed");
                }
                Problem::from(error)
            }
        };
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
