//! What can go wrong behind a port.
//!
//! A message is one or more sentences for the person who asked; a hint says
//! what to do next. `Internal` and `Unavailable` keep their source for the log
//! and show only their message over HTTP.

use std::error::Error as StdError;

use crate::Diagnostic;

pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not visible to the one who asks: the two are not told apart.
    #[error("There is no {what} `{name}`.")]
    NotFound { what: &'static str, name: String },
    #[error("{message}")]
    Conflict { message: String, hint: String },
    #[error("{message}")]
    Invalid { message: String, hint: String },
    /// A specification that cannot be used, with what was found in it.
    #[error("{message}")]
    Specification {
        message: String,
        diagnostics: Vec<Diagnostic>,
    },
    #[error("{message}")]
    Forbidden { message: String },
    /// Something outside is missing or does not answer: Docker, a linker, disk space.
    #[error("{message}")]
    Unavailable {
        message: String,
        hint: String,
        #[source]
        source: Option<Source>,
    },
    #[error("{message}")]
    Internal {
        message: String,
        #[source]
        source: Source,
    },
}

impl Error {
    pub fn not_found(what: &'static str, name: impl ToString) -> Self {
        Self::NotFound {
            what,
            name: name.to_string(),
        }
    }

    pub fn conflict(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Conflict {
            message: message.into(),
            hint: hint.into(),
        }
    }

    pub fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
            hint: hint.into(),
        }
    }

    pub fn unavailable(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Unavailable {
            message: message.into(),
            hint: hint.into(),
            source: None,
        }
    }

    pub fn internal(message: impl Into<String>, source: impl Into<Source>) -> Self {
        Self::Internal {
            message: message.into(),
            source: source.into(),
        }
    }

    /// Adds what caused an `Unavailable`; other errors stay as they are.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Source>) -> Self {
        if let Self::Unavailable { source, .. } = &mut self {
            *source = Some(cause.into());
        }
        self
    }

    /// What to do next, where there is something to say.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Conflict { hint, .. }
            | Self::Invalid { hint, .. }
            | Self::Unavailable { hint, .. } => Some(hint)
                .filter(|hint| !hint.is_empty())
                .map(String::as_str),
            _ => None,
        }
    }
}
