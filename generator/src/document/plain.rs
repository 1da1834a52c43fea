//! Values without their positions.

use std::str::FromStr;

use serde_json::{Map, Number, Value as Json};

use super::number::json_number;
use super::{Node, Value};

/// The JSON value of a node. What JSON has no number for stays text.
pub fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(text) => {
            number(text).map_or_else(|| Json::String(text.to_string()), Json::Number)
        }
        Value::String(text) => Json::String(text.to_string()),
        Value::Array(items) => Json::Array(items.iter().map(json).collect()),
        Value::Object(_) => Json::Object(
            node.members()
                .map(|(key, value)| (key.to_owned(), json(value)))
                .collect::<Map<_, _>>(),
        ),
    }
}

/// A number of any precision.
pub fn number(text: &str) -> Option<Number> {
    Number::from_str(&json_number(text)?).ok()
}
