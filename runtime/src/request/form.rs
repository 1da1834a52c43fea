//! `application/x-www-form-urlencoded` (OpenAPI, Encoding Object; WHATWG URL, section 5).

use std::borrow::Cow;

use serde_json::Value;

use super::{
    body::{self, Body, fault},
    encode, parts, query,
};
use crate::{
    Field, Result,
    args::{Argument, Content},
};

/// The body that an object makes. A string is taken as a form that is encoded already.
pub(super) fn body(
    media_type: &str,
    value: &Argument<'_>,
    fields: &[Field<'_>],
    most: usize,
) -> Result<Option<Body>> {
    if let Some(Value::String(_)) = value.value() {
        return body::text(media_type, value);
    }
    match text(media_type, value, fields, most)? {
        Some(text) => Body::new(media_type, text.into_bytes()).map(Some),
        None => Ok(None),
    }
}

/// The text of the form, encoded, of no more than `most` bytes.
pub(super) fn text(
    media_type: &str,
    value: &Argument<'_>,
    fields: &[Field<'_>],
    most: usize,
) -> Result<Option<String>> {
    let Some(members) = value.members() else {
        return match &value.content {
            Content::Absent | Content::Value(Value::Null) => Ok(None),
            _ => Err(fault(media_type, "a form is given as an object")),
        };
    };
    let mut form = String::new();
    // A property without a style is a text for each item of a list, JSON for what is nested, and none
    // for a null.
    for (name, value) in members {
        let field = fields.iter().find(|field| field.name == name);
        match field.and_then(|field| field.style) {
            Some(style) => query::append(&mut form, name, &value.into(), style, most),
            None => {
                let json = field
                    .and_then(|field| field.media_type)
                    .is_some_and(is_json);
                let mut add = |text: Cow<'_, str>| {
                    query::append_pair(&mut form, name, &text, encode::value, most);
                };
                match value {
                    Value::Null => {}
                    _ if json => add(value.to_string().into()),
                    Value::Array(items) => items.iter().filter_map(parts::text).for_each(add),
                    _ => parts::text(value).into_iter().for_each(add),
                }
            }
        }
    }
    match form.len() > most {
        true => Err(body::too_large(media_type, most)),
        false => Ok(Some(form)),
    }
}

/// Whether a media type is JSON (RFC 6839, section 3.1).
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}
