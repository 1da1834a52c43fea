//! Request bodies (OpenAPI 3.0, Request Body Object).

use super::encoding::{FILE_NOTE, HeaderDraft, describe_file};
use super::findings::Finding;
use super::media::{self, Choice, Kind};
use super::outline::{Outline, outline};
use super::schema::{Converted, Direction};
use super::{Context, Reading};
use crate::document::Node;
use crate::ir::{BodyForm, Field};
use crate::text;

/// A body, read, before its properties have arguments.
#[derive(Debug)]
pub struct BodyDraft {
    pub media_type: String,
    /// The media types among which a caller may choose; empty where there is no choice.
    pub choices: Vec<String>,
    pub required: bool,
    pub form: BodyForm,
    /// Headers of the parts of a form.
    pub headers: Vec<HeaderDraft>,
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
        let required = body.flag("required");
        let Some(choice) = self.media_type(content) else {
            if !required && content.members().all(|(_, media)| self.is_empty(media)) {
                return Ok(None);
            }
            return Err(unsendable(content));
        };
        let is_form = matches!(choice.kind, Kind::UrlEncoded | Kind::Multipart);
        if is_form && !required && self.is_empty(choice.node) {
            return Ok(None);
        }
        let mut draft = self.draft(&choice, required)?;
        if let Some(description) = body.get_string("description") {
            let shown = text::cap(
                text::clean(description).trim(),
                self.options.limits.description_bytes,
            );
            draft.schema.annotate_if_absent("description", shown.into());
        }
        describe_whole(&mut draft);
        Ok(Some(draft))
    }

    fn draft(&mut self, choice: &Choice<'d>, required: bool) -> Reading<'d, BodyDraft> {
        let media = self.resolve(choice.node)?;
        let schema = media.get("schema");
        let mut fields = Vec::new();
        if let (Kind::UrlEncoded | Kind::Multipart, Some(schema)) = (choice.kind, schema) {
            fields = self.fields(choice.kind, media, schema);
        }
        let headers = match choice.kind {
            Kind::Multipart => self.part_headers(media, &fields),
            _ => Vec::new(),
        };
        // An optional body without any property is not the same as no body, so only a
        // body that is always there can be told by its properties alone; a form
        // without any property says what no form says.
        let is_form = matches!(choice.kind, Kind::UrlEncoded | Kind::Multipart);
        let outline = schema
            .filter(|_| required || is_form)
            .and_then(|schema| outline(self.document, schema))
            .filter(|outline| required || outline.required.is_empty());
        let direction = direction(choice);
        let properties = outline.map(|outline| self.properties(&outline, &fields, direction));
        let schema = match schema {
            Some(schema) => self.schemas.convert(schema, direction, &mut self.findings),
            None if is_form => object(),
            None if choice.kind == Kind::Json => Converted::anything(),
            None => string(),
        };
        let mut choices = Vec::new();
        let mut media_type = choice.media_types[0].clone();
        match choice.kind {
            Kind::Bytes => media_type = choice.media_types.join(", "),
            Kind::Text if choice.media_types.len() > 1 => choices.clone_from(&choice.media_types),
            _ => {}
        }
        Ok(BodyDraft {
            media_type,
            choices,
            required,
            form: match choice.kind {
                Kind::Json => BodyForm::Json,
                Kind::UrlEncoded => BodyForm::UrlEncoded(fields),
                Kind::Multipart => BodyForm::Multipart(fields),
                Kind::Text => BodyForm::Text,
                Kind::Bytes => BodyForm::Bytes,
                Kind::Xml => BodyForm::Xml(self.xml(choice.node).unwrap_or_default()),
            },
            headers,
            schema,
            properties,
        })
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

    fn properties(
        &mut self,
        outline: &Outline<'d>,
        fields: &[Field],
        direction: Direction,
    ) -> Vec<Property> {
        let property = |(name, schemas): (&&str, &Vec<&'d Node>)| {
            let mut schema = self
                .schemas
                .convert_all(schemas, direction, &mut self.findings);
            if direction == Direction::Patch {
                schema.admit_null();
            }
            if fields
                .iter()
                .any(|field| field.is_file && field.name == *name)
            {
                describe_file(&mut schema);
            }
            Property {
                name: (*name).to_owned(),
                required: outline.required.contains(name),
                schema,
            }
        };
        outline.properties.iter().map(property).collect()
    }
}

/// In a merge patch every property may be `null`, which takes it away (RFC 7396).
fn direction(choice: &Choice<'_>) -> Direction {
    if media::essence(&choice.media_types[0]) == "application/merge-patch+json" {
        Direction::Patch
    } else {
        Direction::Input
    }
}

/// Says of a body that is one argument what in it is a file.
fn describe_whole(draft: &mut BodyDraft) {
    match &draft.form {
        BodyForm::Bytes => describe_file(&mut draft.schema),
        BodyForm::Multipart(fields) => {
            let files = fields.iter().filter(|field| field.is_file);
            let names: Vec<_> = files
                .map(|field| format!("`{}`", text::line(&field.name, 80)))
                .collect();
            if names.is_empty() {
                return;
            }
            let note = format!("In {}: {FILE_NOTE}", names.join(", "));
            let described = draft.schema.schema.get("description");
            let described = described.and_then(|text| text.as_str());
            let note = described.map_or_else(|| note.clone(), |text| format!("{text}\n\n{note}"));
            draft.schema.annotate("description", note.into());
        }
        BodyForm::Json | BodyForm::UrlEncoded(_) | BodyForm::Text | BodyForm::Xml(_) => {}
    }
}

fn unsendable(content: &Node) -> Finding<'_> {
    let listed: Vec<_> = content
        .members()
        .map(|(media, _)| format!("`{}`", text::line(media, 80)))
        .collect();
    let message = format!(
        "A request body of {} with this schema can't be sent.",
        listed.join(" or ")
    );
    Finding::error(content, "media-type-unsupported", message)
        .hint("JSON, forms, text, bytes and XML whose root has a name can be sent.")
}

fn object() -> Converted {
    Converted {
        schema: serde_json::json!({ "type": "object" }),
        ..Converted::anything()
    }
}

fn string() -> Converted {
    Converted {
        schema: serde_json::json!({ "type": "string" }),
        ..Converted::anything()
    }
}
