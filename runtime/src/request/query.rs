//! Query parameters.

use serde_json::Value;

use super::{
    encode::{self, Encode},
    parts::{self, Parts},
};
use crate::{
    Style,
    args::{Argument, Content},
    style::Shape,
};

/// Bytes that most queries do not exceed.
const USUAL: usize = 64;

/// Appends what one parameter adds to the query.
pub(super) fn append(query: &mut String, name: &str, argument: &Argument<'_>, style: Style) {
    let encode: Encode = if style.is_reserved() {
        encode::reserved
    } else {
        encode::value
    };
    if style.shape() == Shape::DeepObject {
        return deep_object(query, name, argument, encode);
    }
    let Some(parts) = parts::take_apart(argument, style.shape()) else {
        return;
    };
    match &parts {
        Parts::List(items) if style.is_exploded() => {
            for item in items {
                append_pair(query, name, item, encode);
            }
        }
        Parts::Members(members) if style.is_exploded() => {
            for (name, value) in members {
                append_pair(query, name, value, encode);
            }
        }
        _ => {
            // The delimiter stays raw, so that one inside an item is told from one between items.
            let delimiter = style.delimiter().query;
            append_name(query, name);
            parts.join_to(query, delimiter, delimiter, encode);
        }
    }
}

/// Appends a part of a query that is encoded already.
pub(super) fn append_text(query: &mut String, text: &str) {
    if !query.is_empty() && !text.is_empty() {
        query.push('&');
    }
    query.push_str(text);
}

/// A query that is one value; nothing where there is none.
pub(super) fn whole(argument: &Argument<'_>, style: Style) -> Option<String> {
    let parts = parts::take_apart(argument, style.shape())?;
    Some(parts.join(",", ",", encode::value))
}

/// A name and a value, encoded.
pub(crate) fn pair(name: &str, value: &str) -> String {
    let mut pair = String::new();
    append_pair(&mut pair, name, value, encode::value);
    pair
}

pub(super) fn append_pair(query: &mut String, name: &str, value: &str, encode: Encode) {
    append_name(query, name);
    encode(value, query);
}

fn append_name(query: &mut String, name: &str) {
    match query.is_empty() {
        true => query.reserve(USUAL),
        false => query.push('&'),
    }
    encode::name(name, query);
    query.push('=');
}

/// `name[key]=value`. OpenAPI leaves lists and objects inside undefined; here they go on in the way
/// that most servers read: `name[key][inner]=value`, `name[key][]=item`, and `name[key][0][inner]`
/// where the items of a list are lists or objects themselves.
fn deep_object(query: &mut String, name: &str, argument: &Argument<'_>, encode: Encode) {
    match &argument.content {
        Content::Absent => {}
        Content::Value(value) => deep_value(query, name, value, encode),
        Content::Object(members) => {
            for (key, value) in members {
                deep_value(query, &format!("{name}[{key}]"), value, encode);
            }
        }
    }
}

fn deep_value(query: &mut String, name: &str, value: &Value, encode: Encode) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                deep_value(query, &format!("{name}[{key}]"), value, encode);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let key = if item.is_object() || item.is_array() {
                    index.to_string()
                } else {
                    String::new()
                };
                deep_value(query, &format!("{name}[{key}]"), item, encode);
            }
        }
        _ => {
            if let Some(text) = parts::text(value) {
                append_pair(query, name, &text, encode);
            }
        }
    }
}
