//! `application/x-www-form-urlencoded` (OpenAPI, Encoding Object; WHATWG URL, section 5).

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
) -> Result<Option<Body>> {
    if let Some(Value::String(_)) = value.value() {
        return body::text(media_type, value);
    }
    match text(media_type, value, fields)? {
        Some(text) => Body::new(media_type, text.into_bytes()).map(Some),
        None => Ok(None),
    }
}

/// The text of the form, encoded.
pub(super) fn text(
    media_type: &str,
    value: &Argument<'_>,
    fields: &[Field<'_>],
) -> Result<Option<String>> {
    let Some(members) = value.members() else {
        return match &value.content {
            Content::Absent | Content::Value(Value::Null) => Ok(None),
            _ => Err(fault(media_type, "a form is given as an object")),
        };
    };
    let mut form = String::new();
    for (name, value) in members {
        let field = fields.iter().find(|field| field.name == name);
        match field.and_then(|field| field.style) {
            Some(style) => query::append(&mut form, name, &value.into(), style, body::LARGEST),
            None => {
                let json = field
                    .and_then(|field| field.media_type)
                    .is_some_and(is_json);
                for text in texts(value, json) {
                    query::append_pair(&mut form, name, &text, encode::value, body::LARGEST);
                }
            }
        }
    }
    match form.len() > body::LARGEST {
        true => Err(body::too_large(media_type)),
        false => Ok(Some(form)),
    }
}

/// The texts of a property without a style: one for each item of a list, JSON for what is nested.
/// A null has none.
fn texts(value: &Value, json: bool) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        _ if json => vec![value.to_string()],
        Value::Array(items) => items
            .iter()
            .filter_map(parts::text)
            .map(Into::into)
            .collect(),
        _ => parts::text(value).into_iter().map(Into::into).collect(),
    }
}

/// Whether a media type is JSON (RFC 6839, section 3.1).
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}
