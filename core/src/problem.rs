//! Errors over HTTP (RFC 9457).

use serde::{Deserialize, Serialize};

use crate::{Diagnostic, Error};

/// An `application/problem+json` document, with `hint` and `diagnostics` as
/// extension members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A short name for the kind of problem, the same for each occurrence.
    pub title: String,
    /// HTTP status code.
    pub status: u16,
    /// What went wrong this time, in sentences.
    pub detail: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Diagnostic>,
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let (status, title) = match error {
            Error::NotFound { .. } => (404, "Not found"),
            Error::Conflict { .. } => (409, "Conflict"),
            Error::Invalid { .. } => (400, "Invalid request"),
            Error::Specification { .. } => (422, "Unusable specification"),
            Error::Forbidden { .. } => (403, "Forbidden"),
            Error::Unavailable { .. } => (503, "Unavailable"),
            Error::Internal { .. } => (500, "Internal error"),
        };
        let diagnostics = match error {
            Error::Specification { diagnostics, .. } => diagnostics.clone(),
            _ => Vec::new(),
        };
        Self {
            title: title.to_owned(),
            status,
            detail: error.to_string(),
            hint: error.hint().map(str::to_owned),
            diagnostics,
        }
    }
}
