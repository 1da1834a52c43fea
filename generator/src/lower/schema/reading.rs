//! The values of keywords, where they make sense.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::keyword::TYPES;
use super::value;
use crate::document::{self, Node};
use crate::text;

/// The types a schema names that exist.
pub fn types(node: &Node) -> Vec<&str> {
    let Some(node) = node.get("type") else {
        return Vec::new();
    };
    let named = node
        .string()
        .into_iter()
        .chain(node.items().filter_map(Node::text));
    let mut types: Vec<&str> = Vec::new();
    for name in named {
        let name = if name == "file" { "string" } else { name };
        if TYPES.contains(&name) && !types.contains(&name) {
            types.push(name);
        }
    }
    types
}

pub fn types_value(types: &[&str]) -> Option<Value> {
    match types {
        [] => None,
        [one] => Some(json!(one)),
        several => Some(json!(several)),
    }
}

pub fn names(node: &Node) -> Option<Value> {
    let mut names: Vec<Value> = Vec::new();
    let mut seen = HashSet::new();
    for name in node.array()?.iter().filter_map(Node::text) {
        if !text::has_hidden(name) && seen.insert(name) {
            names.push(name.into());
        }
    }
    (!names.is_empty()).then_some(Value::Array(names))
}

pub fn name_map(node: &Node) -> Option<Value> {
    node.object()?;
    let map: Map<String, Value> = node
        .members()
        .filter_map(|(name, list)| Some((name.to_owned(), names(list)?)))
        .collect();
    (!map.is_empty() && !map.keys().any(|name| text::has_hidden(name)))
        .then_some(Value::Object(map))
}

pub fn number(node: &Node) -> Option<Value> {
    match &node.value {
        document::Value::Number(text) => value::number(text).map(Value::Number),
        _ => None,
    }
}

/// A whole number that is not negative and that any validator can hold.
pub fn count(node: &Node) -> Option<Value> {
    let count = number(node)?;
    count
        .as_u64()
        .filter(|count| *count <= i64::MAX.unsigned_abs())
        .map(Value::from)
}

/// Examples that are short, of the right type and in plain sight.
pub fn example(nodes: &[&Node], types: &[&str]) -> Option<Value> {
    const MAX_BYTES: usize = 512;
    let fits = |value: &Value| {
        value::is_of(value, types)
            && !value::has_hidden(value)
            && value.to_string().len() <= MAX_BYTES
    };
    let examples: Vec<_> = nodes
        .iter()
        .take(3)
        .map(|node| value::json_of(node, types))
        .filter(fits)
        .collect();
    (!examples.is_empty()).then_some(Value::Array(examples))
}
