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

/// Bytes of a query that can be sent, since no target of a request can be longer.
pub(super) const LONGEST: usize = 64 * 1024;

/// Appends what one parameter adds to the query, or to a form; not much more than `most` bytes, since
/// a name that a caller chose may be written again for each item of a list.
pub(super) fn append(
    query: &mut String,
    name: &str,
    argument: &Argument<'_>,
    style: Style,
    most: usize,
) {
    let encode: Encode = if style.is_reserved() {
        encode::reserved
    } else {
        encode::value
    };
    if style.shape() == Shape::DeepObject {
        return Deep {
            query,
            name: name.to_owned(),
            encode,
            most,
        }
        .argument(argument);
    }
    let Some(parts) = parts::take_apart(argument, style.shape()) else {
        return;
    };
    match &parts {
        Parts::List(items) if style.is_exploded() => {
            for item in items {
                append_pair(query, name, item, encode, most);
            }
        }
        Parts::Members(members) if style.is_exploded() => {
            for (name, value) in members {
                append_pair(query, name, value, encode, most);
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
    append_pair(&mut pair, name, value, encode::value, usize::MAX);
    pair
}

/// Appends a pair to what has no more than `most` bytes. What has more is not sent.
pub(super) fn append_pair(
    query: &mut String,
    name: &str,
    value: &str,
    encode: Encode,
    most: usize,
) {
    if query.len() > most {
        return;
    }
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
struct Deep<'q> {
    query: &'q mut String,
    /// That of the value which is written, with the keys that lead to it.
    name: String,
    encode: Encode,
    most: usize,
}

impl Deep<'_> {
    fn argument(&mut self, argument: &Argument<'_>) {
        match &argument.content {
            Content::Absent => {}
            Content::Value(value) => self.value(value),
            Content::Object(members) => {
                for (key, value) in members {
                    self.below(key, value);
                }
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    self.below(key, value);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let key = if item.is_object() || item.is_array() {
                        index.to_string()
                    } else {
                        String::new()
                    };
                    self.below(&key, item);
                }
            }
            _ => {
                if let Some(text) = parts::text(value) {
                    append_pair(self.query, &self.name, &text, self.encode, self.most);
                }
            }
        }
    }

    fn below(&mut self, key: &str, value: &Value) {
        let length = self.name.len();
        self.name.extend(["[", key, "]"]);
        self.value(value);
        self.name.truncate(length);
    }
}
