//! What people see: progress on stderr, results on stdout.

mod excerpt;
mod failure;
mod finding;
mod steps;
mod table;

pub use failure::show_failure;
pub use finding::{show_diagnostic, show_findings, show_some_findings};
pub use steps::StepLines;
pub use table::Table;

use console::Style;

/// Writes a line to stdout. A reader that went away (`| head`) is no error.
pub fn say(line: impl AsRef<str>) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{}", line.as_ref());
}

/// Writes a line of news to stderr.
pub fn note(line: impl AsRef<str>) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{}", line.as_ref());
}

pub fn warn(line: impl AsRef<str>) {
    let label = Style::new()
        .yellow()
        .bold()
        .for_stderr()
        .apply_to("warning:");
    note(format!("{label} {}", line.as_ref()));
}

/// Prints a value as one line of JSON.
pub fn json(value: &impl serde::Serialize) {
    say(serde_json::to_string(value).unwrap_or_default());
}

/// `1 tool`, `2 tools`.
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
