//! A parameter's value as the texts that a style puts together.

use std::borrow::Cow;

use serde_json::Value;

use super::encode::Encode;
use crate::{args::Argument, args::Content, style::Shape};

/// A value taken apart. Nulls in lists and objects are left out, as RFC 6570 does with undefined
/// members; lists and objects inside, which OpenAPI leaves undefined, are JSON text.
#[derive(Debug)]
pub(super) enum Parts<'a> {
    Scalar(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
    Members(Vec<(&'a str, Cow<'a, str>)>),
}

/// Takes a value apart; nothing where it is absent, null, or an empty list or object.
pub(super) fn take_apart<'a>(argument: &Argument<'a>, shape: Shape) -> Option<Parts<'a>> {
    let parts = match &argument.content {
        Content::Absent | Content::Value(Value::Null) => return None,
        Content::Value(value) if shape == Shape::Json => Parts::Scalar(value.to_string().into()),
        Content::Value(Value::Array(items)) => Parts::List(items.iter().filter_map(text).collect()),
        Content::Value(Value::Object(members)) => {
            members_of(members.iter().map(|(name, value)| (name.as_str(), value)))
        }
        Content::Value(value) => Parts::Scalar(text(value)?),
        Content::Object(members) => members_of(members.iter().copied()),
    };
    match &parts {
        Parts::List(items) if items.is_empty() => None,
        Parts::Members(members) if members.is_empty() => None,
        _ => Some(parts),
    }
}

fn members_of<'a>(members: impl Iterator<Item = (&'a str, &'a Value)>) -> Parts<'a> {
    Parts::Members(
        members
            .filter_map(|(name, value)| Some((name, text(value)?)))
            .collect(),
    )
}

/// The text of one value; nothing for a null.
pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.into()),
        _ => Some(value.to_string().into()),
    }
}

impl Parts<'_> {
    /// All parts in one text: `delimiter` between them, `assign` between a member's name and value.
    pub(super) fn join(&self, delimiter: &str, assign: &str, encode: Encode) -> String {
        let mut joined = String::new();
        self.join_to(&mut joined, delimiter, assign, encode);
        joined
    }

    /// The same, appended to a text.
    pub(super) fn join_to(&self, to: &mut String, delimiter: &str, assign: &str, encode: Encode) {
        match self {
            Self::Scalar(text) => encode(text, to),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    to.push_str(if index == 0 { "" } else { delimiter });
                    encode(item, to);
                }
            }
            Self::Members(members) => {
                for (index, (name, value)) in members.iter().enumerate() {
                    to.push_str(if index == 0 { "" } else { delimiter });
                    encode(name, to);
                    to.push_str(assign);
                    encode(value, to);
                }
            }
        }
    }
}
