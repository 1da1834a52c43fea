//! Why a call has no answer.

use std::time::Duration;

use toolmill_core::{Error, Slug};

use super::connect::ConnectError;
use crate::pool::SendError;

/// `UnknownTool` and `Platform` are errors of the protocol. The others are the
/// tool's, shown to the model as its result, for it can try again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("There is no tool `{0}`. Ask for `tools/list` to see the tools that are there.")]
    UnknownTool(String),
    #[error("The server of `{slug}` did not start. {source}{}", hint(source))]
    NotStarted { slug: Slug, source: Error },
    #[error(
        "The server of `{slug}` cannot be reached: {source}. Nothing was done; try again in a moment, or see `toolmill logs {slug}`."
    )]
    Unreachable { slug: Slug, source: ConnectError },
    #[error(
        "The server of `{slug}` ended during the call. What was asked for may or may not have been done; check before you try again."
    )]
    BrokenOff { slug: Slug, source: hyper::Error },
    #[error("The server of `{slug}` did not answer within {} s. What was asked for may or may not have been done; check before you try again.", within.as_secs_f32())]
    Late { slug: Slug, within: Duration },
    #[error(
        "The server of `{slug}` gave an answer that cannot be used: {reason}. See `toolmill logs {slug}`."
    )]
    Unusable { slug: Slug, reason: String },
    #[error("The hub could not make the call. Try again later.")]
    Platform(#[source] Error),
}

impl Fault {
    pub(super) fn unknown_tool(name: &str) -> Self {
        Self::UnknownTool(
            name.chars()
                .take(128)
                .flat_map(char::escape_debug)
                .collect(),
        )
    }

    pub(super) fn not_started(slug: &Slug, source: Error) -> Self {
        Self::NotStarted {
            slug: slug.clone(),
            source,
        }
    }

    pub(super) fn late(slug: &Slug, within: Duration) -> Self {
        Self::Late {
            slug: slug.clone(),
            within,
        }
    }

    pub(super) fn unusable(slug: &Slug, reason: impl Into<String>) -> Self {
        Self::Unusable {
            slug: slug.clone(),
            reason: reason.into(),
        }
    }

    pub(super) fn unanswered(
        slug: &Slug,
        within: Duration,
        error: SendError<ConnectError>,
    ) -> Self {
        let slug = slug.clone();
        match error {
            SendError::Dial(source) => Self::Unreachable { slug, source },
            SendError::Broken(source) => Self::BrokenOff { slug, source },
            SendError::Late => Self::Late { slug, within },
        }
    }

    /// Whether the server may not run any more.
    pub(super) fn is_of_the_connection(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::BrokenOff { .. })
    }

    /// Whether nothing was sent, and a restarted server may listen.
    pub(super) fn is_worth_another_try(&self) -> bool {
        let not_listening = |error: &ConnectError| matches!(error, ConnectError::NotListening(_));
        matches!(self, Self::Unreachable { source, .. } if not_listening(source))
    }

    /// For the audit log, which holds no values.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::UnknownTool(_) => "no such tool",
            Self::NotStarted { .. } => "server not started",
            Self::Unreachable { .. } => "server unreachable",
            Self::BrokenOff { .. } => "server ended",
            Self::Late { .. } => "too late",
            Self::Unusable { .. } => "unusable answer",
            Self::Platform(_) => "platform",
        }
    }
}

fn hint(error: &Error) -> String {
    error
        .hint()
        .map(|hint| format!(" {hint}"))
        .unwrap_or_default()
}
