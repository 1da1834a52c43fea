//! The properties of forms (OpenAPI 3.0, Encoding Object), and what in them are files.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::Context;
use super::info::Version;
use super::media::{Kind, is_json};
use super::schema::{Converted, Direction};
use super::security::{is_framing, is_token};
use crate::document::{Document, Node};
use crate::ir::{Field, FieldStyle, Location, Style};
use crate::text;

/// Schemas of a form that are looked at.
const MAX_SCHEMAS: usize = 256;

/// What a caller is told of an argument that is a file.
pub const FILE_NOTE: &str = "A file: base64, or a `data:` URI (`data:image/png;name=cat.png;base64,…`); other text is sent as it is.";

impl<'d> Context<'d, '_> {
    /// The properties of the form that need to be told how they are sent.
    pub fn fields(&mut self, kind: Kind, media: &'d Node, schema: &'d Node) -> Vec<Field> {
        let mut fields = Vec::new();
        for (name, schemas) in properties(self.document, schema) {
            let encoding = media
                .get("encoding")
                .and_then(|all| all.get(name))
                .and_then(|encoding| self.document.resolve(encoding).ok())
                .map(|encoding| encoding.node);
            let field = self.field(kind, name, &schemas, encoding);
            let has_headers = kind == Kind::Multipart
                && encoding.is_some_and(|encoding| encoding.get("headers").is_some());
            let plain = field.style.is_none() && field.media_type.is_none() && !field.is_file;
            if !plain || has_headers {
                fields.push(field);
            }
        }
        fields
    }

    fn field(
        &mut self,
        kind: Kind,
        name: &str,
        schemas: &[&'d Node],
        encoding: Option<&'d Node>,
    ) -> Field {
        let style = encoding.and_then(|encoding| self.field_style(kind, schemas, encoding));
        let declared = encoding.and_then(|encoding| encoding.get_string("contentType"));
        let own = schemas
            .iter()
            .filter(|_| kind == Kind::Multipart)
            .find_map(|schema| {
                self.document
                    .resolve(schema)
                    .ok()?
                    .node
                    .get_string("contentMediaType")
            });
        let is_file = kind == Kind::Multipart
            && style.is_none()
            && (schemas.iter().any(|schema| is_file(self.document, schema))
                || declared.is_some_and(is_binary)
                    && schemas.iter().all(|schema| is_text(self.document, schema)));
        let media_type = declared.or(own).filter(|media_type| {
            let sent = kind == Kind::Multipart || is_json(media_type);
            sent && style.is_none() && media_type.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        });
        Field {
            name: name.to_owned(),
            style,
            media_type: media_type.map(str::to_owned),
            is_file,
            headers: Vec::new(),
        }
    }

    /// The headers of the parts of a form, before they have arguments. `Content-Type` is
    /// `contentType`'s to say.
    pub fn part_headers(&mut self, media: &'d Node, fields: &[Field]) -> Vec<HeaderDraft> {
        let mut found = Vec::new();
        for field in fields {
            let encoding = media
                .get("encoding")
                .and_then(|all| all.get(&field.name))
                .and_then(|encoding| self.document.resolve(encoding).ok());
            let headers = encoding.and_then(|encoding| encoding.node.get("headers"));
            for (name, declared) in headers.into_iter().flat_map(Node::members) {
                let header = self.document.resolve(declared).map(|header| header.node);
                let own = is_framing(name) || name.eq_ignore_ascii_case("content-type");
                match header {
                    Ok(header) if !own && is_token(name) => {
                        let schema = header.get("schema").map(|schema| {
                            self.schemas
                                .convert(schema, Direction::Input, &mut self.findings)
                        });
                        found.push(HeaderDraft {
                            field: field.name.clone(),
                            name: name.to_owned(),
                            schema: schema.unwrap_or_else(Converted::anything),
                        });
                    }
                    _ => {
                        let shown = text::line(name, 80);
                        let message = format!("The header `{shown}` of a part is not sent.");
                        self.warn(declared, "header-reserved", message);
                    }
                }
            }
        }
        found
    }

    /// The style that an Encoding Object names, which counts for parts since 3.1, and in
    /// 2.0, where it is a `collectionFormat`; `None` where it says nothing else than what is done anyway.
    fn field_style(
        &mut self,
        kind: Kind,
        schemas: &[&'d Node],
        encoding: &'d Node,
    ) -> Option<FieldStyle> {
        let says = |key: &str| encoding.get(key).is_some();
        let counts = kind == Kind::UrlEncoded || self.version != Version::V3_0;
        if !counts || !(says("style") || says("explode") || says("allowReserved")) {
            return None;
        }
        let named = encoding.get_string("style").unwrap_or("form");
        let style = Style::named(named).filter(|style| self.suits(*style, Location::Query));
        let Some(style) = style else {
            let message = format!(
                "A property of a form can't have the style `{}`; `form` is used.",
                text::line(named, 40)
            );
            self.warn(encoding, "style-unsupported", message);
            return None;
        };
        let explode = encoding.get("explode").and_then(Node::bool);
        let written = FieldStyle {
            style,
            explode: explode.unwrap_or_else(|| style.explodes_by_default()),
            reserved: encoding.flag("allowReserved"),
        };
        let usual = written.style == Style::Form && written.explode && !written.reserved;
        let plain = schemas.iter().all(|schema| {
            let schema = self.document.resolve(schema).map(|schema| schema.node);
            schema.is_ok_and(|schema| kind_is(schema, |kind| kind != "object"))
        });
        (!usual || !plain).then_some(written)
    }
}

/// A header of a part, read, before it has an argument.
#[derive(Debug)]
pub struct HeaderDraft {
    /// The property whose part it is.
    pub field: String,
    pub name: String,
    pub schema: Converted,
}

/// The properties of a schema, through references and its branches. One that several
/// branches describe has several schemas.
pub fn properties<'d>(
    document: &'d Document,
    schema: &'d Node,
) -> IndexMap<&'d str, Vec<&'d Node>> {
    let mut properties: IndexMap<&str, Vec<&Node>> = IndexMap::new();
    let mut branches = vec![schema];
    let mut seen = 0;
    while let Some(branch) = branches.pop()
        && seen < MAX_SCHEMAS
    {
        seen += 1;
        let Ok(resolved) = document.resolve(branch) else {
            continue;
        };
        let own = resolved.node.get("properties").into_iter();
        for (name, property) in own.flat_map(Node::members) {
            properties.entry(name).or_default().push(property);
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let inner = resolved.node.get(keyword).into_iter().flat_map(Node::items);
            let inner: Vec<_> = inner.collect();
            branches.extend(inner.into_iter().rev());
        }
    }
    properties
}

/// Whether a schema, or that of a list's items, is of raw bytes: `format: binary` (3.0), or
/// a `contentMediaType` that is not encoded as text (3.1).
pub fn is_file(document: &Document, schema: &Node) -> bool {
    let Ok(schema) = document.resolve(schema).map(|schema| schema.node) else {
        return false;
    };
    match kind(schema) {
        Some("array") => schema.get("items").is_some_and(|items| {
            let items = document.resolve(items).map(|items| items.node);
            items.is_ok_and(is_bytes)
        }),
        _ => is_bytes(schema),
    }
}

fn is_bytes(schema: &Node) -> bool {
    let raw = schema.get("contentEncoding").is_none()
        && schema.get_string("contentMediaType").is_some_and(is_binary);
    match kind(schema) {
        // 2.0 has `file`, which some documents of later versions keep.
        Some("file") => true,
        Some("string") => schema.get_string("format") == Some("binary") || raw,
        None => raw,
        Some(_) => false,
    }
}

/// Whether a media type, or the first of a list of them, is of bytes rather than of text. What is
/// not known to be is text, as JSON Schema has it: a string is what it says.
fn is_binary(media_type: &str) -> bool {
    const BINARY: [&str; 13] = [
        "application/gzip",
        "application/java-archive",
        "application/msword",
        "application/octet-stream",
        "application/pdf",
        "application/vnd.ms-",
        "application/vnd.openxmlformats-",
        "application/x-",
        "application/zip",
        "audio/",
        "font/",
        "image/",
        "video/",
    ];
    let lower = media_type.trim().to_ascii_lowercase();
    let is_text = ["+xml", "-form-urlencoded", "/x-yaml", "/x-ndjson"];
    BINARY.iter().any(|binary| lower.starts_with(binary))
        && !is_json(&lower)
        && !is_text.iter().any(|text| lower.contains(text))
}

fn is_text(document: &Document, schema: &Node) -> bool {
    let schema = document.resolve(schema).map(|schema| schema.node);
    schema.is_ok_and(|schema| matches!(kind(schema), Some("string")))
}

/// The one type that a schema names beside `null`.
pub fn kind(schema: &Node) -> Option<&str> {
    let kind = schema.get("type")?;
    match kind.array() {
        Some(kinds) => {
            let mut kinds = kinds.iter().filter_map(Node::string);
            kinds.find(|kind| *kind != "null")
        }
        None => kind.string(),
    }
}

fn kind_is(schema: &Node, is: impl Fn(&str) -> bool) -> bool {
    kind(schema).is_some_and(is)
}

/// Turns the schema of a file into that of the text by which it is given.
pub fn describe_file(converted: &mut Converted) {
    let Value::Object(schema) = &mut converted.schema else {
        return;
    };
    let schema = match schema.get("items") {
        Some(Value::Object(_)) => schema.get_mut("items").and_then(Value::as_object_mut),
        _ => Some(schema),
    };
    let Some(schema) = schema else {
        return;
    };
    drop_text_keywords(schema);
    let described = schema.get("description").and_then(Value::as_str);
    let note = match described {
        Some(text) => format!("{text}\n\n{FILE_NOTE}"),
        None => FILE_NOTE.to_owned(),
    };
    schema.insert("description".to_owned(), note.into());
}

/// What is said of bytes does not hold for the text that stands for them.
fn drop_text_keywords(schema: &mut Map<String, Value>) {
    for keyword in [
        "format",
        "minLength",
        "maxLength",
        "pattern",
        "contentMediaType",
    ] {
        schema.shift_remove(keyword);
    }
    if schema.get("type").is_some_and(|kind| kind == "file") || schema.is_empty() {
        schema.insert("type".to_owned(), "string".into());
    }
}
