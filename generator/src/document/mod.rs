//! Bytes → one positioned value tree.
//!
//! JSON and YAML end in the same [`Node`]s, each knowing the line and column it
//! stands at, so that whatever a later step finds can be shown in the user's own
//! text. Everything that makes a document ambiguous is refused here: duplicate
//! keys, a second document, tags of a programming language, bytes that are not
//! UTF-8. So every reader of the same bytes sees the same values.

mod json;
mod lenient;
mod node;
mod number;
mod plain;
mod reference;
mod scalar;
mod yaml;

use std::sync::Arc;

pub use node::{Member, Node, Object, Position, Value};
pub use number::json_number;
pub(crate) use plain::{json, number};
pub use reference::{Broken, Resolved};
use toolmill_core::SpecFormat;

use crate::diagnostic::{Diagnostics, fault};
use crate::limits::Limits;

/// A specification as its author wrote it: the exact bytes and the values in them.
#[derive(Clone, Debug)]
pub struct Document {
    pub format: SpecFormat,
    pub bytes: Arc<[u8]>,
    pub root: Node,
}

/// Reads JSON or YAML, whichever `bytes` hold.
///
/// # Errors
/// One diagnostic where the bytes are not UTF-8, not well-formed, ambiguous
/// (duplicate keys, several documents, unknown tags), or beyond `limits`.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, Diagnostics> {
    let text = decode(bytes, limits)?;
    let (format, root) = read(text, limits).map_err(Diagnostics::from)?;
    Ok(Document {
        format,
        bytes: bytes.into(),
        root,
    })
}

/// Why a text could not be read, and where.
#[derive(Clone, Debug)]
struct ReadError {
    code: &'static str,
    at: Position,
    message: String,
    hint: Option<&'static str>,
}

impl ReadError {
    fn new(code: &'static str, at: Position, message: impl Into<String>) -> Self {
        Self {
            code,
            at,
            message: message.into(),
            hint: None,
        }
    }

    fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    fn limit(at: Position, what: &str, limit: usize) -> Self {
        Self::new(
            "limit",
            at,
            format!("The document has more than {limit} {what}."),
        )
        .hint("Split the specification, or raise the limit where you run Toolmill yourself.")
    }

    fn duplicate(at: Position, key: &str, first: Position) -> Self {
        let message = format!(
            "The key `{}` is already set at line {}, column {}.",
            key.escape_debug(),
            first.line,
            first.column
        );
        Self::new("duplicate-key", at, message)
            .hint("Keep one of the two; readers disagree on which one counts.")
    }
}

impl From<ReadError> for Diagnostics {
    fn from(error: ReadError) -> Self {
        fault(error.code, error.at, error.message, error.hint).into()
    }
}

fn decode<'a>(bytes: &'a [u8], limits: &Limits) -> Result<&'a str, Diagnostics> {
    let start = Position::START;
    if bytes.len() > limits.document_bytes {
        return Err(ReadError::limit(start, "bytes", limits.document_bytes).into());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        ReadError::new(
            "encoding",
            Position::after(&before),
            "The document is not UTF-8.",
        )
        .hint("Save it as UTF-8, without a UTF-16 byte order mark.")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// JSON where the text starts like it. A text that only looks like JSON (a YAML
/// flow mapping) is read as YAML, but a fault in meaning is final in either.
fn read(text: &str, limits: &Limits) -> Result<(SpecFormat, Node), ReadError> {
    if !text.trim_start().starts_with(['{', '[']) {
        return Ok((SpecFormat::Yaml, lenient::read(text, limits)?));
    }
    match json::read(text, limits) {
        Ok(root) => Ok((SpecFormat::Json, root)),
        Err(error) if error.code != json::SYNTAX => Err(error),
        Err(error) => match lenient::read(text, limits) {
            Ok(root) => Ok((SpecFormat::Yaml, root)),
            Err(_) => Err(error),
        },
    }
}
