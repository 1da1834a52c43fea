//! What a caller asks of an answer, beside the tool's own arguments.
//!
//! Every tool takes `_fields`, `_next` and `_from`, unless it has arguments of these names itself.
//! They are in no published schema: an answer that could use one says so.

use rmcp::model::JsonObject;
use serde_json::Value;

use crate::{manifest::Entry, project::Fields};

pub(crate) const FIELDS: &str = "_fields";
pub(crate) const NEXT: &str = "_next";
pub(crate) const FROM: &str = "_from";

/// Which part of an answer is wanted.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// Only these properties.
    pub(crate) fields: Option<Fields>,
    /// Another page: the query that an earlier answer named.
    pub(crate) next: Option<String>,
    /// What an earlier answer was too large to show.
    pub(crate) from: Option<From>,
}

/// A place in an answer: the array, object or text at a JSON Pointer (RFC 6901), less its first
/// items, members or characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct From {
    pub(crate) pointer: String,
    pub(crate) skip: usize,
}

impl View {
    /// Takes what is meant for the answer out of the arguments.
    ///
    /// # Errors
    /// A sentence for the caller of the tool.
    pub(crate) fn take(arguments: &mut JsonObject, entry: &Entry) -> Result<Self, String> {
        // Few calls ask for a part, by one of three names that begin so.
        if !arguments.keys().any(|name| name.starts_with('_')) {
            return Ok(Self::default());
        }
        let mut take = |name: &str| {
            if !arguments.contains_key(name) || entry.names(name) {
                return None;
            }
            arguments
                .shift_remove(name)
                .filter(|value| !value.is_null())
        };
        Ok(Self {
            fields: take(FIELDS).map(|value| Fields::read(&value)).transpose()?,
            next: take(NEXT).map(next).transpose()?,
            from: take(FROM).map(|value| From::read(&value)).transpose()?,
        })
    }

    /// Whether an earlier answer is read on, which makes the same request once more.
    pub(crate) fn continues(&self) -> bool {
        self.next.is_some() || self.from.is_some()
    }
}

/// A query that can stand in a URL as it is.
fn next(value: Value) -> Result<String, String> {
    let is_query = |byte: u8| byte.is_ascii_graphic() && !b"#\"<>\\^`{}".contains(&byte);
    match value {
        Value::String(text) if !text.is_empty() && text.bytes().all(is_query) => Ok(text),
        _ => Err(format!(
            "`{NEXT}` takes the text that an earlier answer gave for it, and nothing else."
        )),
    }
}

impl From {
    fn read(value: &Value) -> Result<Self, String> {
        let parts = value.as_str().and_then(|text| text.rsplit_once(':'));
        let place = parts.and_then(|(pointer, skip)| {
            let is_pointer = pointer.is_empty() || pointer.starts_with('/');
            is_pointer.then_some(Self {
                pointer: pointer.to_owned(),
                skip: skip.parse().ok()?,
            })
        });
        place.ok_or_else(|| {
            format!(
                "`{FROM}` takes the text that an earlier answer gave for it, such as `/items:100`."
            )
        })
    }

    /// Leaves out what was shown already; false where there is nothing at that place.
    pub(crate) fn apply(&self, answer: &mut Value) -> bool {
        match answer.pointer_mut(&self.pointer) {
            Some(Value::Array(items)) if self.skip <= items.len() => drop(items.drain(..self.skip)),
            Some(Value::Object(members)) if self.skip <= members.len() => {
                let rest = std::mem::take(members).into_iter().skip(self.skip);
                *members = rest.collect();
            }
            Some(Value::String(text)) => *text = self.rest(text).to_owned(),
            _ => return false,
        }
        true
    }

    /// The rest of a text.
    pub(crate) fn rest<'a>(&self, text: &'a str) -> &'a str {
        let start = text.char_indices().nth(self.skip);
        start.map_or("", |(start, _)| &text[start..])
    }
}

impl std::fmt::Display for From {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.pointer, self.skip)
    }
}
