//! Where servers run.

mod process;
mod sockets;

use toolmill_core::LogLine;

pub use process::ProcessEngine;
pub use sockets::{SocketDirs, default_run_root};

/// A line as a server wrote it, with nothing in it that a terminal would obey.
fn log_line(bytes: &[u8]) -> LogLine {
    let text = String::from_utf8_lossy(bytes);
    let text = text
        .trim_end()
        .chars()
        .map(|c| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect();
    LogLine { text }
}
