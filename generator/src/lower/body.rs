//! Request bodies (OpenAPI 3.0, Request Body Object).

use super::findings::Finding;
use super::outline::{Outline, outline};
use super::schema::{Converted, Direction};
use super::{Context, Reading};
use crate::document::Node;
use crate::text;

/// A body, read, before its properties have arguments.
#[derive(Debug)]
pub struct BodyDraft {
    pub media_type: String,
    pub required: bool,
    pub schema: Converted,
    /// The same schema as properties that can stand side by side as arguments,
    /// where that loses nothing.
    pub properties: Option<Vec<Property>>,
}

#[derive(Debug)]
pub struct Property {
    pub name: String,
    pub required: bool,
    pub schema: Converted,
}

impl<'d> Context<'d, '_> {
    pub fn body(&mut self, operation: &'d Node) -> Reading<'d, Option<BodyDraft>> {
        let Some(declared) = operation.get("requestBody") else {
            return Ok(None);
        };
        let body = self.resolve(declared)?;
        let content = match body.get("content") {
            Some(content) => self.resolve(content)?,
            None => return Ok(None),
        };
        if content.members().next().is_none() {
            return Ok(None);
        }
        let Some((media_type, node)) = json_media(content) else {
            if !body.flag("required") && content.members().all(|(_, media)| self.is_empty(media)) {
                return Ok(None);
            }
            let listed: Vec<_> = content
                .members()
                .map(|(media, _)| format!("`{}`", text::line(media, 80)))
                .collect();
            let message = format!(
                "A request body of {} can't be sent yet.",
                listed.join(" or ")
            );
            return Err(Finding::error(content, "media-type-unsupported", message)
                .hint("JSON bodies can be sent."));
        };
        let media = self.resolve(node)?;
        let required = body.flag("required");
        let Some(schema) = media.get("schema") else {
            let schema = Converted::anything();
            return Ok(Some(BodyDraft {
                media_type,
                required,
                schema,
                properties: None,
            }));
        };
        // An optional body without any property is not the same as no body, so
        // only a body that is always there can be told by its properties alone.
        let outline = if required {
            outline(self.document, schema)
        } else {
            None
        };
        let properties = outline.map(|outline| self.properties(&outline));
        let mut schema = self
            .schemas
            .convert(schema, Direction::Input, &mut self.findings);
        if let Some(description) = body.get_string("description") {
            let shown = text::cap(
                text::clean(description).trim(),
                self.options.limits.description_bytes,
            );
            schema.annotate_if_absent("description", shown.into());
        }
        Ok(Some(BodyDraft {
            media_type,
            required,
            schema,
            properties,
        }))
    }

    /// Whether a media type documents an object without any content, as generators
    /// write for operations that take none.
    fn is_empty(&self, media: &'d Node) -> bool {
        let schema = media
            .get("schema")
            .and_then(|schema| self.document.resolve(schema).ok());
        schema.is_some_and(|schema| {
            schema.node.members().all(|(key, value)| match key {
                "properties" => value.members().next().is_none(),
                "type" => value.string() == Some("object"),
                "additionalProperties" => value.bool() == Some(false),
                _ => false,
            })
        })
    }

    fn properties(&mut self, outline: &Outline<'d>) -> Vec<Property> {
        let property = |(name, schemas): (&&str, &Vec<&'d Node>)| Property {
            name: (*name).to_owned(),
            required: outline.required.contains(name),
            schema: self
                .schemas
                .convert_all(schemas, Direction::Input, &mut self.findings),
        };
        outline.properties.iter().map(property).collect()
    }
}

/// The JSON media type to use among those of a Content map: `application/json`
/// before any other, and JSON for a range that includes it.
pub fn json_media(content: &Node) -> Option<(String, &Node)> {
    let rank = |media: &str| match essence(media).as_str() {
        "application/json" => Some(0),
        _ if is_json(media) => Some(1),
        "*/*" | "application/*" => Some(2),
        _ => None,
    };
    let ranked = content
        .members()
        .filter_map(|(media, node)| Some((rank(media)?, media, node)));
    let (rank, media, node) = ranked.min_by_key(|(rank, ..)| *rank)?;
    let name = if rank == 2 {
        "application/json".to_owned()
    } else {
        media.trim().to_owned()
    };
    Some((name, node))
}

/// Whether a media type is JSON: `application/json` or any `+json` (RFC 6839, section 3.1).
pub fn is_json(media: &str) -> bool {
    let essence = essence(media);
    let sendable = media.bytes().all(|b| matches!(b, b' '..=b'~'));
    sendable
        && (matches!(essence.as_str(), "application/json" | "text/json")
            || essence.ends_with("+json"))
}

/// Type and subtype in lower case, without parameters.
fn essence(media: &str) -> String {
    media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}
