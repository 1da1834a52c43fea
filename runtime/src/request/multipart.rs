//! `multipart/form-data` (RFC 7578; OpenAPI, Encoding Object).

use std::{borrow::Cow, collections::HashSet};

use memchr::memmem;
use serde_json::Value;

use super::{
    body::{self, Body, fault},
    file, form, header, parts, query,
};
use crate::{
    Args, Field, Result, Style,
    args::{Argument, Content},
};

const MEDIA_TYPE: &str = "multipart/form-data";

/// What each boundary begins with. A number follows.
const BOUNDARY: &str = "toolmill-boundary-";

/// The parts so far.
struct Parts<'a> {
    list: Vec<Part<'a>>,
    bytes: usize,
    largest: usize,
}

impl<'a> Parts<'a> {
    fn push(&mut self, part: Part<'a>) -> Result<()> {
        self.bytes += size_of::<Part<'_>>() + part.head.len() + part.content.len();
        if self.bytes > self.largest {
            return Err(body::too_large(MEDIA_TYPE, self.largest));
        }
        self.list.push(part);
        Ok(())
    }
}

/// One part: its header lines and its content.
struct Part<'a> {
    head: String,
    content: Cow<'a, [u8]>,
}

/// The body that an object makes, with a part for each property in the order in which they were
/// given.
pub(super) fn body(
    media_type: &str,
    value: &Argument<'_>,
    fields: &[Field<'_>],
    args: &Args<'_>,
) -> Result<Option<Body>> {
    let Some(members) = value.members() else {
        return match &value.content {
            Content::Absent | Content::Value(Value::Null) => Ok(None),
            _ => Err(fault(media_type, "a form is given as an object")),
        };
    };
    let mut written = Parts {
        list: Vec::new(),
        bytes: 0,
        // What arguments hold is there twice while it is put together; files are not in any message.
        largest: args.files().map_or(args.largest() / 2, |_| args.largest()),
    };
    for (name, member) in members {
        let plain = Field::of(name);
        let field = fields.iter().find(|field| field.name == name);
        append(&mut written, field.unwrap_or(&plain), name, member, args)?;
    }
    let boundary = boundary(&written.list);
    let media_type = format!("{media_type}; boundary={boundary}");
    Body::new(&media_type, join(&written.list, &boundary)).map(Some)
}

/// The parts of one property: one for each item of a list, none for a null.
fn append<'a>(
    written: &mut Parts<'a>,
    field: &Field<'_>,
    name: &str,
    value: &'a Value,
    args: &Args<'_>,
) -> Result<()> {
    if let Some(style) = field.style {
        let pairs = styled(name, &value.into(), style, written.largest)?;
        for (name, text) in pairs.split('&').filter_map(|pair| pair.split_once('=')) {
            let content = decoded(text).into_bytes().into();
            written.push(part(field, &decoded(name), None, None, content, args)?)?;
        }
        return Ok(());
    }
    let as_json = field.media_type.is_some_and(form::is_json);
    match value {
        Value::Null => {}
        Value::Array(items) if !as_json => {
            for item in items.iter().filter(|item| !item.is_null()) {
                written.push(single(field, name, item, args)?)?;
            }
        }
        _ => written.push(single(field, name, value, args)?)?,
    }
    Ok(())
}

/// The part of one value.
fn single<'a>(
    field: &Field<'_>,
    name: &str,
    value: &'a Value,
    args: &Args<'_>,
) -> Result<Part<'a>> {
    match value {
        Value::String(text) if field.is_file => {
            let named = |reason| fault(MEDIA_TYPE, format!("`{name}`: {reason}"));
            let file = file::read(text, args.files()).map_err(named)?;
            let chosen = file::choose(field.media_type, file.media_type.as_deref());
            let given = file.name.filter(|name| !name.contains(char::is_control));
            let filename = given.unwrap_or_else(|| file::name_for(name, chosen));
            part(
                field,
                name,
                Some(&filename),
                Some(chosen),
                file.bytes.into(),
                args,
            )
        }
        // A text may be JSON, or of any other media type, already.
        Value::String(text) => {
            let media_type = field
                .media_type
                .map(|declared| file::choose(Some(declared), None));
            part(field, name, None, media_type, text.as_bytes().into(), args)
        }
        Value::Object(_) | Value::Array(_) => {
            let media_type = field.media_type.unwrap_or("application/json");
            let chosen = file::choose(Some(media_type), None);
            let text = value.to_string().into_bytes();
            part(field, name, None, Some(chosen), text.into(), args)
        }
        _ => {
            let media_type = field
                .media_type
                .map(|declared| file::choose(Some(declared), None));
            let text = parts::text(value).unwrap_or_default().into_owned();
            part(
                field,
                name,
                None,
                media_type,
                text.into_bytes().into(),
                args,
            )
        }
    }
}

/// A part, whose header lines can not be left by any value.
fn part<'a>(
    field: &Field<'_>,
    name: &str,
    filename: Option<&str>,
    media_type: Option<&str>,
    content: Cow<'a, [u8]>,
    args: &Args<'_>,
) -> Result<Part<'a>> {
    let mut head = format!("Content-Disposition: form-data; name=\"{}\"", quoted(name));
    if let Some(filename) = filename {
        head.push_str(&format!("; filename=\"{}\"", quoted(filename)));
    }
    head.push_str("\r\n");
    if let Some(media_type) = media_type {
        let media_type = header::checked("Content-Type", media_type)?;
        let text = String::from_utf8_lossy(media_type.as_bytes()).into_owned();
        head.push_str(&format!("Content-Type: {text}\r\n"));
    }
    for (name, argument) in field.headers {
        let argument = args.argument(argument);
        if let Some((name, value)) = header::value(name, &argument, Style::Simple)? {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    Ok(Part { head, content })
}

/// Names and texts of a property with a style, as in a query.
fn styled(name: &str, argument: &Argument<'_>, style: Style, most: usize) -> Result<String> {
    let mut pairs = String::new();
    query::append(&mut pairs, name, argument, style, most);
    match pairs.len() > most {
        true => Err(body::too_large(MEDIA_TYPE, most)),
        false => Ok(pairs),
    }
}

/// Parts have no percent-encoding.
fn decoded(text: &str) -> String {
    let text = percent_encoding::percent_decode_str(text);
    text.decode_utf8_lossy().into_owned()
}

/// A name within quotes, as browsers write it (WHATWG HTML, "multipart/form-data encoding
/// algorithm").
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A boundary that is in no part: the first number that none of them holds.
fn boundary(parts: &[Part<'_>]) -> String {
    let mut taken = HashSet::new();
    for part in parts {
        for start in memmem::find_iter(&part.content, BOUNDARY) {
            let digits = part.content[start + BOUNDARY.len()..].iter();
            let digits = digits.take_while(|byte| byte.is_ascii_digit()).take(8);
            let number = digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
            taken.insert(number);
        }
    }
    let free = (1..).find(|number| !taken.contains(number));
    format!("{BOUNDARY}{:08}", free.unwrap_or_default())
}

fn join(parts: &[Part<'_>], boundary: &str) -> Vec<u8> {
    let sizes = parts
        .iter()
        .map(|part| part.head.len() + part.content.len());
    let frame = boundary.len() + 8;
    let mut bytes = Vec::with_capacity(sizes.sum::<usize>() + frame * (parts.len() + 1));
    for part in parts {
        bytes.extend_from_slice(format!("--{boundary}\r\n{}\r\n", part.head).as_bytes());
        bytes.extend_from_slice(&part.content);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    bytes
}
