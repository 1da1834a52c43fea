//! How a failure is shown.

use console::Style;
use toolmill_core::{Diagnostic, Severity};

use super::note;
use crate::failure::Failure;

/// To stderr: for people, or as a problem document on one line.
pub fn show_failure(failure: &Failure, json: bool) {
    if json {
        note(serde_json::to_string(&failure.problem()).unwrap_or_default());
        return;
    }
    for diagnostic in &failure.diagnostics {
        show_diagnostic(diagnostic);
    }
    let label = Style::new().red().bold().for_stderr().apply_to("error:");
    note(format!("{label} {failure}"));
    if let Some(hint) = &failure.hint {
        let label = Style::new().cyan().for_stderr().apply_to("hint:");
        note(format!(" {label} {hint}"));
    }
}

/// One finding, with its place.
pub fn show_diagnostic(diagnostic: &Diagnostic) {
    let (style, word) = match diagnostic.severity {
        Severity::Error => (Style::new().red(), "error"),
        Severity::Warning => (Style::new().yellow(), "warning"),
    };
    note(format!(
        "{}:{}: {}[{}] {}  ({})",
        diagnostic.line,
        diagnostic.column,
        style.for_stderr().apply_to(word),
        diagnostic.code,
        diagnostic.message,
        if diagnostic.pointer.is_empty() {
            "the document"
        } else {
            &diagnostic.pointer
        },
    ));
    if let Some(hint) = &diagnostic.hint {
        note(format!("    {hint}"));
    }
}
