//! YAML as common readers take it.

use super::ReadError;
use super::node::Node;
use super::yaml;
use crate::limits::Limits;

/// Reads the one document of a YAML stream.
///
/// YAML 1.2 wants every line of a flow collection indented deeper than what is
/// around it; common readers don't, and real documents close a `{` at the column
/// it was opened for. Such a line is indented, and the text read again.
pub fn read(text: &str, limits: &Limits) -> Result<Node, ReadError> {
    const MAX_REREAD_BYTES: usize = 32 << 20;
    let first = match yaml::read(text, limits) {
        Err(error) if error.message.contains(INDENTATION) => error,
        done => return done,
    };
    let mut text = text.to_owned();
    let mut at = first.at;
    for _ in 0..MAX_REREAD_BYTES / text.len().max(1) {
        let Some(indented) = indent(&text, at.line) else {
            break;
        };
        text = indented;
        match yaml::read(&text, limits) {
            Err(error) if error.message.contains(INDENTATION) && error.at.line > at.line => {
                at = error.at
            }
            Ok(root) => return Ok(root),
            Err(_) => break,
        }
    }
    Err(first)
}

/// How the parser calls what is repaired here.
const INDENTATION: &str = "invalid indentation";

/// `text` with one more space before a line, where that line closes a flow collection.
fn indent(text: &str, line: u32) -> Option<String> {
    let before = usize::try_from(line).ok()?.checked_sub(1)?;
    let start = match before {
        0 => 0,
        _ => text.match_indices('\n').nth(before - 1)?.0 + 1,
    };
    let closes = text[start..]
        .trim_start_matches(' ')
        .starts_with(['}', ']']);
    closes.then(|| format!("{} {}", &text[..start], &text[start..]))
}
