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

use std::io::{self, ErrorKind, Write};
use std::sync::OnceLock;

use console::Style;

use crate::failure::Failure;

/// Why a line of stdout was lost, such as a full disk.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Writes a line to stdout. A reader that went away (`| head`) is no error; any
/// other is told at the end, by [`lost`].
pub fn say(line: impl AsRef<str>) {
    if let Err(error) = writeln!(io::stdout(), "{}", line.as_ref())
        && error.kind() != ErrorKind::BrokenPipe
    {
        // Those that follow have the same cause.
        let _ = LOST.set(error);
    }
}

/// A failure, where something that was said could not be written.
pub fn lost() -> Option<Failure> {
    let error = LOST.get()?;
    let message = "What was to be printed could not be written.";
    let hint = "See whether the disk has space.";
    Some(Failure::missing(message, hint).because(error))
}

/// Writes a line of news to stderr.
pub fn note(line: impl AsRef<str>) {
    let _ = writeln!(io::stderr(), "{}", line.as_ref());
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
