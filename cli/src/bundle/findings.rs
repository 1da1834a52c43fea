//! References that lead nowhere, as findings.

use toolmill_core::{Diagnostic, Severity};
use toolmill_generator::Diagnostics;
use toolmill_generator::bundle::{Reason, Unresolved};

use super::files::shown;
use super::{Bundle, Refusal, is_too_large};
use crate::document::unusable;
use crate::failure::Failure;

impl Bundle {
    /// All that was found, with its place in the one document.
    pub fn findings(&self) -> Vec<Diagnostic> {
        let findings = self.unresolved.iter();
        findings
            .map(|unresolved| self.finding(unresolved))
            .collect()
    }

    /// A failure, where a reference leads nowhere.
    pub fn failure(&self) -> Option<Failure> {
        let lost = self.unresolved.iter().any(|found| found.reason.is_lost());
        let message = "The specification refers to something that is not to be had.";
        lost.then(|| self.unusable(message))
    }

    /// A failure, where the document is not whole: it would be too large.
    pub fn too_large(&self) -> Option<Failure> {
        let message = "The specification is too large or too deep as one document.";
        let cut = self.unresolved.iter().any(is_too_large);
        cut.then(|| self.unusable(message))
    }

    fn unusable(&self, message: &str) -> Failure {
        unusable(message, Diagnostics::new(self.findings()), &self.spec)
    }

    fn finding(&self, unresolved: &Unresolved) -> Diagnostic {
        let severity = if unresolved.reason.is_lost() {
            Severity::Error
        } else {
            Severity::Warning
        };
        let Said {
            code,
            message,
            hint,
        } = self.said(unresolved);
        Diagnostic {
            code: code.to_owned(),
            severity,
            pointer: unresolved.pointer.clone(),
            // The place in its file is found when it is shown.
            line: 1,
            column: 1,
            message,
            hint: (!hint.is_empty()).then_some(hint),
        }
    }

    fn said(&self, unresolved: &Unresolved) -> Said {
        let reference = unresolved.reference.escape_debug();
        match &unresolved.reason {
            Reason::Nowhere => Said::new(
                "reference-outside",
                format!("`{reference}` is relative, and standard input is in no folder."),
                "Give the specification as a file, or its folder with `toolmill bundle - --root DIR`.",
            ),
            Reason::Unavailable(url) => match self.refusals.get(url) {
                Some(Refusal { message, hint }) => {
                    Said::new("reference-outside", message.clone(), hint)
                }
                None => Said::new(
                    "reference-outside",
                    format!("`{reference}` was not read."),
                    "",
                ),
            },
            Reason::Missing(url) => Said::new(
                "reference-missing",
                format!("There is nothing at `{reference}` in `{}`.", shown(url)),
                "Correct the reference, or add what it names.",
            ),
            Reason::Endless => Said::new(
                "reference-endless",
                format!("`{reference}` leads back to itself."),
                "Let the reference name something with content of its own.",
            ),
            Reason::TooLarge => Said::new(
                "limit",
                format!("With `{reference}` the document would be too large or too deep."),
                "Refer to it where OpenAPI allows a reference, so that it is kept once.",
            ),
            Reason::InRoot => Said::new(
                "reference-in-root",
                format!(
                    "`{reference}` is not in this file; it is taken from the specification's first file."
                ),
                "References without a file name lead into the file they stand in.",
            ),
            Reason::Operation | Reason::Dynamic | Reason::Id(_) => other(unresolved),
        }
    }
}

/// What is said of references without `$ref`.
fn other(
    Unresolved {
        reference, reason, ..
    }: &Unresolved,
) -> Said {
    let reference = reference.escape_debug();
    match reason {
        Reason::Id(meant) => Said::new(
            "reference-id",
            format!(
                "`{reference}` is read beside its file; by the `$id` around it, it is `{meant}`."
            ),
            "Leave out `$id`, or let references name where the files are.",
        ),
        Reason::Dynamic => Said::new(
            "reference-outside",
            format!("`$dynamicRef` leads to another file, `{reference}`, and is not followed."),
            "Use `$ref`, or move the schema with the `$dynamicAnchor` into this file.",
        ),
        _ => Said::new(
            "reference-outside",
            format!(
                "`operationRef` names an operation that is in no path of the document, `{reference}`; it stays as it is."
            ),
            "Refer to a path of this specification, or name the operation with `operationId`.",
        ),
    }
}

struct Said {
    code: &'static str,
    message: String,
    hint: String,
}

impl Said {
    fn new(code: &'static str, message: String, hint: &str) -> Self {
        Self {
            code,
            message,
            hint: hint.to_owned(),
        }
    }
}
