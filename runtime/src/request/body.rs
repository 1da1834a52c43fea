//! Request bodies, each as its media type asks.

use bytes::Bytes;
use http::HeaderValue;
use serde::Serializer as _;
use serde_json::Value;

use super::{
    file::{self, File},
    parts,
};
use crate::{
    Error, Result,
    args::{Argument, Content},
    limits::size,
};

/// That what is put together of arguments has become longer than it may.
pub(super) fn too_large(media_type: &str, most: usize) -> Error {
    fault(media_type, format!("it is larger than {}", size(most)))
}

/// A body as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) media_type: HeaderValue,
    pub(crate) bytes: Bytes,
}

impl Body {
    pub(super) fn new(media_type: &str, bytes: Vec<u8>) -> Result<Self> {
        let header = HeaderValue::from_str(media_type).map_err(|_| {
            let reason = "it is not a media type that a header can carry";
            fault(media_type, reason)
        })?;
        Ok(Self {
            media_type: header,
            bytes: bytes.into(),
        })
    }
}

/// JSON, nulls included.
pub(super) fn json(media_type: &str, value: &Argument<'_>) -> Result<Option<Body>> {
    let bytes = match &value.content {
        Content::Absent => return Ok(None),
        Content::Value(value) => serde_json::to_vec(value),
        Content::Object(members) => object_text(members),
    };
    let bytes = bytes.map_err(|error| fault(media_type, error.to_string()))?;
    Body::new(media_type, bytes).map(Some)
}

/// A JSON value on each line, which a JSON text sequence begins with a mark (RFC 7464, section 2.2).
/// A string is a sequence that is written already, anything but a list its only item.
pub(super) fn sequence(media_type: &str, value: &Argument<'_>) -> Result<Option<Body>> {
    let Some(Value::Array(items)) = value.value() else {
        let is_written = matches!(value.value(), Some(Value::Null | Value::String(_)));
        if is_written || value.is_absent() {
            return text(media_type, value);
        }
        let item = json(media_type, value)?.map(|body| body.bytes);
        return lines(media_type, item.as_deref().into_iter());
    };
    let items: Vec<_> = items.iter().map(Value::to_string).collect();
    lines(media_type, items.iter().map(String::as_bytes))
}

fn lines<'a>(media_type: &str, items: impl Iterator<Item = &'a [u8]>) -> Result<Option<Body>> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let is_marked = essence.to_ascii_lowercase().ends_with("json-seq");
    let mark: &[u8] = if is_marked { b"\x1e" } else { b"" };
    let lines = items.flat_map(|item| [mark, item, b"\n"]);
    Body::new(media_type, lines.flatten().copied().collect()).map(Some)
}

/// A string as it is, anything else as JSON text. A null is no body.
pub(super) fn text(media_type: &str, value: &Argument<'_>) -> Result<Option<Body>> {
    match &value.content {
        Content::Object(_) => json(media_type, value),
        Content::Value(value) => match parts::text(value) {
            Some(text) => Body::new(media_type, text.into_owned().into_bytes()).map(Some),
            None => Ok(None),
        },
        Content::Absent => Ok(None),
    }
}

/// The bytes that a string stands for. A null is no body.
pub(super) fn bytes(media_type: &str, value: &Argument<'_>) -> Result<Option<Body>> {
    let text = match &value.content {
        Content::Absent | Content::Value(Value::Null) => return Ok(None),
        Content::Value(Value::String(text)) => text,
        Content::Value(_) | Content::Object(_) => {
            return Err(fault(media_type, "bytes are given as a string"));
        }
    };
    let file = file::read(text, value.files).map_err(|reason| fault(media_type, reason))?;
    let File {
        bytes,
        media_type: own,
        ..
    } = file;
    let chosen = file::choose(Some(media_type), own.as_deref());
    Body::new(chosen, bytes).map(Some)
}

/// The media type that the caller chose; nothing where there was no choice made.
pub(super) fn chosen(value: &Argument<'_>) -> Result<Option<HeaderValue>> {
    let Some(Value::String(name)) = value.value() else {
        return Ok(None);
    };
    let header = HeaderValue::from_str(name)
        .map_err(|_| fault(name, "it is not a media type that a header can carry"))?;
    Ok(Some(header))
}

pub(super) fn fault(media_type: &str, reason: impl Into<String>) -> Error {
    Error::Body {
        media_type: media_type.into(),
        reason: reason.into(),
    }
}

fn object_text(members: &[(&str, &Value)]) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    serde_json::Serializer::new(&mut text).collect_map(members.iter().copied())?;
    Ok(text)
}
