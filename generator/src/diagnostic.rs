//! What was found in a specification, in the order of its text.

use std::fmt;

use serde::Serialize;
use toolmill_core::{Diagnostic, Severity};

use crate::document::Position;

/// Findings sorted by line and column. As an error, they are why nothing could
/// be made of a document; beside a result, what had to be left out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    #[must_use]
    pub fn new(mut found: Vec<Diagnostic>) -> Self {
        found.sort_by(|a, b| {
            (a.line, a.column, a.severity, &a.code, &a.message)
                .cmp(&(b.line, b.column, b.severity, &b.code, &b.message))
        });
        found.dedup();
        Self(found)
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Those of one severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Diagnostic> {
        self.0
            .iter()
            .filter(move |diagnostic| diagnostic.severity == severity)
    }

    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.of(Severity::Error).next().is_some()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// One finding a line, as compilers write them: `12:5: error: message`.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (
            index,
            Diagnostic {
                severity,
                line,
                column,
                message,
                ..
            },
        ) in self.0.iter().enumerate()
        {
            let kind = match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{line}:{column}: {kind}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// A fault of the whole document.
pub(crate) fn fault(code: &str, at: Position, message: String, hint: Option<&str>) -> Diagnostic {
    Diagnostic {
        code: code.to_owned(),
        severity: Severity::Error,
        pointer: String::new(),
        line: at.line,
        column: at.column,
        message,
        hint: hint.map(str::to_owned),
    }
}
