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

/// Appends what one parameter adds to the query.
pub(super) fn append(query: &mut Vec<String>, name: &str, argument: &Argument<'_>, style: Style) {
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
            query.extend(items.iter().map(|item| encoded_pair(name, item, encode)));
        }
        Parts::Members(members) if style.is_exploded() => {
            query.extend(
                members
                    .iter()
                    .map(|(name, value)| encoded_pair(name, value, encode)),
            );
        }
        _ => {
            // The delimiter stays raw, so that one inside an item is told from one between items.
            let delimiter = style.delimiter().query;
            query.push(pair_of(name, &parts.join(delimiter, delimiter, encode)));
        }
    }
}

/// A query that is one value; nothing where there is none.
pub(super) fn whole(argument: &Argument<'_>, style: Style) -> Option<String> {
    let parts = parts::take_apart(argument, style.shape())?;
    Some(parts.join(",", ",", encode::value)).filter(|text| !text.is_empty())
}

/// A name and a value, encoded.
pub(crate) fn pair(name: &str, value: &str) -> String {
    encoded_pair(name, value, encode::value)
}

fn encoded_pair(name: &str, value: &str, encode: Encode) -> String {
    let mut text = String::new();
    encode(value, &mut text);
    pair_of(name, &text)
}

fn pair_of(name: &str, encoded: &str) -> String {
    let mut text = String::with_capacity(name.len() + encoded.len() + 1);
    encode::name(name, &mut text);
    text.push('=');
    text.push_str(encoded);
    text
}

/// `name[key]=value`. OpenAPI leaves lists and objects inside undefined; here they go on in the way
/// that most servers read: `name[key][inner]=value`, `name[key][]=item`, and `name[key][0][inner]`
/// where the items of a list are lists or objects themselves.
fn deep_object(query: &mut Vec<String>, name: &str, argument: &Argument<'_>, encode: Encode) {
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

fn deep_value(query: &mut Vec<String>, name: &str, value: &Value, encode: Encode) {
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
        _ => query.extend(parts::text(value).map(|text| encoded_pair(name, &text, encode))),
    }
}
