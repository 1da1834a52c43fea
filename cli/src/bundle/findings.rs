//! References that lead nowhere, as findings.

use toolmill_core::{Diagnostic, Severity};
use toolmill_generator::Diagnostics;
use toolmill_generator::bundle::{Reason, Unresolved};

use super::Bundle;
use crate::document::unusable;
use crate::failure::Failure;
use crate::ui;

impl Bundle {
    /// Shows what stays as it is, each with the line it stands in.
    pub fn show_unresolved(&self) {
        for unresolved in &self.unresolved {
            if let Some(part) = self.parts.get(&unresolved.file) {
                ui::show_findings(&[self.finding(unresolved)], &part.spec);
            }
        }
    }

    /// A failure, where a reference leads nowhere. It shows those of the file
    /// with the first; the others are shown before.
    pub fn failure(&self) -> Option<Failure> {
        let lost = |unresolved: &&Unresolved| unresolved.reason != Reason::InRoot;
        let first = self.unresolved.iter().find(lost)?;
        let message = "The specification refers to something that is not to be had.";
        let same = self.unresolved.iter().filter(lost);
        let same = same.filter(|unresolved| unresolved.file == first.file);
        let found = same.map(|unresolved| self.finding(unresolved)).collect();
        let part = self.parts.get(&first.file)?;
        Some(unusable(message, Diagnostics::new(found), &part.spec))
    }

    fn finding(&self, unresolved: &Unresolved) -> Diagnostic {
        let reference = unresolved.reference.escape_debug();
        let (code, message, hint) = match &unresolved.reason {
            Reason::Nowhere => (
                "reference-outside",
                format!("`{reference}` is relative, and standard input is in no folder."),
                "Give the specification as a file, or its folder with `toolmill bundle - --root DIR`.",
            ),
            Reason::Unavailable(url) => match self.refusals.get(url) {
                Some(refusal) => ("reference-outside", refusal.message.clone(), &*refusal.hint),
                None => (
                    "reference-outside",
                    format!("`{reference}` was not read."),
                    "",
                ),
            },
            Reason::Missing(url) => (
                "reference-missing",
                format!(
                    "There is nothing at `{reference}` in `{}`.",
                    super::files::shown(url)
                ),
                "Correct the reference, or add what it names.",
            ),
            Reason::Endless => (
                "reference-endless",
                format!("`{reference}` leads back to itself."),
                "Let the reference name something with content of its own.",
            ),
            Reason::TooLarge => (
                "limit",
                format!("With `{reference}` the document would be too large or too deep."),
                "Refer to it where OpenAPI allows a reference, so that it is kept once.",
            ),
            Reason::InRoot => (
                "reference-in-root",
                format!(
                    "`{reference}` is not in this file; it is taken from the specification's first file."
                ),
                "References without a file name lead into the file they stand in.",
            ),
        };
        let severity = match unresolved.reason {
            Reason::InRoot => Severity::Warning,
            _ => Severity::Error,
        };
        Diagnostic {
            code: code.to_owned(),
            severity,
            pointer: unresolved.pointer.clone(),
            line: unresolved.at.line,
            column: unresolved.at.column,
            message,
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
        }
    }
}
