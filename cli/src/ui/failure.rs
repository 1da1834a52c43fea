//! How a failure is shown.

use console::Style;

use super::{note, show_diagnostic, show_findings};
use crate::failure::Failure;

/// To stderr: for people, or as a problem document on one line.
pub fn show_failure(failure: &Failure, json: bool) {
    if json {
        note(failure.json().to_string());
        return;
    }
    match &failure.spec {
        Some(spec) => show_findings(&failure.diagnostics, spec),
        None => failure.diagnostics.iter().for_each(show_diagnostic),
    }
    let label = Style::new().red().bold().for_stderr().apply_to("error:");
    note(format!("{label} {failure}"));
    if let Some(hint) = &failure.hint {
        let label = Style::new().cyan().for_stderr().apply_to("hint:");
        note(format!(" {label} {hint}"));
    }
}
