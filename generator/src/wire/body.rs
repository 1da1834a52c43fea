//! Bodies as text (OpenAPI 3.0, Media Type Object and Encoding Object; RFC 7578).
//!
//! `None` for what the standards leave open, and for files that are not plain text.

use serde_json::Value;

use super::encode;
use crate::ir::{Body, BodyForm, Field, FieldStyle, Location, Parameter, Style};

/// The first boundary that the runtime takes; no example holds it.
const BOUNDARY: &str = "toolmill-boundary-00000001";

/// The media type and the text of a body that holds `value`.
pub fn written(body: &Body, value: &Value) -> Option<(String, String)> {
    let declared = body.media_type.clone();
    Some(match &body.form {
        BodyForm::Json => (declared, value.to_string()),
        BodyForm::Sequence => {
            let text = sequence(&body.media_type, value);
            (declared, text)
        }
        BodyForm::Text => (declared, text(value)),
        BodyForm::Bytes => (
            first(&body.media_type).to_owned(),
            literal(value)?.to_owned(),
        ),
        // Its form is the runtime's to know, and is tested there.
        BodyForm::Xml(_) => return None,
        BodyForm::UrlEncoded(fields) => (declared, url_encoded(value, fields)?),
        BodyForm::Multipart(fields) => (
            format!("{declared}; boundary={BOUNDARY}"),
            multipart(value, fields)?,
        ),
    })
}

/// A query that is one parameter; none where there is nothing to send.
pub fn whole_query(parameter: &Parameter, value: &Value) -> Option<Option<String>> {
    let query = match parameter.style {
        Style::Form => url_encoded(value, &parameter.fields)?,
        Style::Json => encode::value(&value.to_string()),
        _ => encode::value(&text(value)),
    };
    Some((!query.is_empty()).then_some(query))
}

/// JSON Lines, or a JSON text sequence (RFC 7464, section 2.2).
fn sequence(media_type: &str, value: &Value) -> String {
    let mark = if media_type.contains("json-seq") {
        "\u{1e}"
    } else {
        ""
    };
    let items = value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice);
    let lines = items.iter().map(|item| format!("{mark}{item}\n"));
    lines.collect()
}

fn url_encoded(value: &Value, fields: &[Field]) -> Option<String> {
    let mut pairs = Vec::new();
    for (name, value) in value.as_object()? {
        let field = fields.iter().find(|field| field.name == *name);
        match field.and_then(|field| field.style) {
            Some(style) => pairs.extend(encode::query(&parameter(name, style), value)?),
            None => {
                let is_json = field.is_some_and(|field| field.media_type.is_some());
                let plain = FieldStyle {
                    style: Style::Form,
                    explode: true,
                    reserved: false,
                };
                for item in items(value, is_json) {
                    let item = Value::String(if is_json {
                        item.to_string()
                    } else {
                        text(item)
                    });
                    pairs.extend(encode::query(&parameter(name, plain), &item)?);
                }
            }
        }
    }
    Some(pairs.join("&"))
}

fn multipart(value: &Value, fields: &[Field]) -> Option<String> {
    let mut body = String::new();
    for (name, value) in value.as_object()? {
        if name.contains(['"', '\r', '\n']) {
            return None;
        }
        let field = fields.iter().find(|field| field.name == *name);
        if field.is_some_and(|field| field.style.is_some() || !field.headers.is_empty()) {
            return None;
        }
        let declared = field.and_then(|field| field.media_type.as_deref());
        let is_file = field.is_some_and(|field| field.is_file);
        for item in items(value, declared.is_some_and(crate::lower::is_json)) {
            let content = if is_file {
                literal(item)?.to_owned()
            } else {
                text(item)
            };
            let head = head(name, item, declared, is_file)?;
            body.push_str(&format!("--{BOUNDARY}\r\n{head}\r\n{content}\r\n"));
        }
    }
    body.push_str(&format!("--{BOUNDARY}--\r\n"));
    Some(body)
}

fn head(name: &str, item: &Value, declared: Option<&str>, is_file: bool) -> Option<String> {
    let disposition = format!("Content-Disposition: form-data; name=\"{name}\"");
    if is_file {
        let media_type = first(declared.unwrap_or_default());
        let extension = match media_type {
            "application/octet-stream" => "bin",
            "image/png" => "png",
            "image/jpeg" => "jpg",
            "application/pdf" => "pdf",
            _ => return None,
        };
        return Some(format!(
            "{disposition}; filename=\"{name}.{extension}\"\r\nContent-Type: {media_type}\r\n"
        ));
    }
    let own = (item.is_object() || item.is_array()).then_some("application/json");
    Some(match declared.map(first).or(own) {
        Some(media_type) => format!("{disposition}\r\nContent-Type: {media_type}\r\n"),
        None => format!("{disposition}\r\n"),
    })
}

/// The values of a property that are sent one by one.
fn items(value: &Value, whole: bool) -> Vec<&Value> {
    match value {
        Value::Array(items) if !whole => items.iter().filter(|item| !item.is_null()).collect(),
        Value::Null => Vec::new(),
        value => vec![value],
    }
}

fn parameter(name: &str, written: FieldStyle) -> Parameter {
    Parameter {
        name: name.to_owned(),
        argument: name.to_owned(),
        location: Location::Query,
        required: false,
        style: written.style,
        explode: written.explode,
        reserved: written.reserved,
        fields: Vec::new(),
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A text that can be neither base64 nor a URI, and so stands for itself.
fn literal(value: &Value) -> Option<&str> {
    let is_plain = |text: &&str| text.contains(' ') && !text.contains(':');
    value.as_str().filter(is_plain)
}

/// The first media type of a list that is no range.
fn first(declared: &str) -> &str {
    let mut all = declared.split(',').map(str::trim);
    all.find(|one| !one.is_empty() && !one.contains('*'))
        .unwrap_or("application/octet-stream")
}
