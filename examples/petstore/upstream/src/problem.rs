use axum::{
    Json,
    http::{
        StatusCode,
        header::{CONTENT_TYPE, WWW_AUTHENTICATE},
    },
    response::{AppendHeaders, IntoResponse, Response},
};
use serde::Serialize;

/// A refusal, sent as problem details (RFC 9457).
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    challenges: Vec<&'static str>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            challenges: Vec::new(),
        }
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    pub fn no_such_pet(id: i64) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("You have no pet `{id}`."))
    }

    /// A 401, which has to say what would be accepted (RFC 9110, section 15.5.2).
    pub fn unauthorized(detail: impl Into<String>, challenges: &[&'static str]) -> Self {
        Self {
            challenges: challenges.to_vec(),
            ..Self::new(StatusCode::UNAUTHORIZED, detail)
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(error = %error, "the pet store's database failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The store's books can't be read or written right now.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
        };
        let content_type = [(CONTENT_TYPE, "application/problem+json")];
        let challenges = self
            .challenges
            .into_iter()
            .map(|challenge| (WWW_AUTHENTICATE, challenge));
        (
            self.status,
            content_type,
            AppendHeaders(challenges),
            Json(body),
        )
            .into_response()
    }
}
