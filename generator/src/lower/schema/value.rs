//! Plain values within schemas: enumerations, defaults, examples.

use serde_json::{Number, Value as Json};

pub(crate) use crate::document::number;
use crate::document::{Node, json};
use crate::text;

/// Like [`json`], but where only strings are valid, what looks like another
/// scalar is the text its author wrote: `enum: [1e3, 010]` of strings.
pub fn json_of(node: &Node, types: &[&str]) -> Json {
    match node.text() {
        Some(text) if types == ["string"] => Json::String(text.to_owned()),
        _ => json(node),
    }
}

/// Whether some text within `value` has characters that nobody sees.
pub fn has_hidden(value: &Json) -> bool {
    match value {
        Json::String(text) => text::has_hidden(text),
        Json::Array(items) => items.iter().any(has_hidden),
        Json::Object(members) => members
            .iter()
            .any(|(key, value)| text::has_hidden(key) || has_hidden(value)),
        _ => false,
    }
}

/// Whether `value` is of one of `types`; no types mean any.
pub fn is_of(value: &Json, types: &[&str]) -> bool {
    types.is_empty()
        || types.iter().any(|name| match *name {
            "array" => value.is_array(),
            "boolean" => value.is_boolean(),
            "integer" => value.as_number().is_some_and(|number| {
                !number.to_string().contains(['.', 'e', 'E']) || is_whole(number)
            }),
            "number" => value.is_number(),
            "null" => value.is_null(),
            "object" => value.is_object(),
            "string" => value.is_string(),
            _ => true,
        })
}

/// Whether a number with a point or an exponent is an integer all the same (JSON
/// Schema 2020-12, section 4.2.3).
fn is_whole(number: &Number) -> bool {
    number
        .as_f64()
        .is_some_and(|value| value.is_finite() && value.fract() == 0.0)
}
