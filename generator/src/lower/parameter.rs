//! Parameters (OpenAPI 3.0, Parameter Object).

use indexmap::IndexMap;
use serde_json::Value;

use super::findings::Finding;
use super::info::Version;
use super::media::{self, is_json};
use super::schema::{Converted, Direction};
use super::security::{is_framing, is_token};
use super::{Context, Reading, encoding};
use crate::document::Node;
use crate::ir::{Credential, Field, Location, Style};
use crate::text;

/// A parameter, read, before it has an argument.
#[derive(Debug)]
pub struct ParameterDraft {
    pub name: String,
    pub location: Location,
    pub required: bool,
    pub style: Style,
    pub explode: bool,
    pub reserved: bool,
    /// Of a whole query that is a form.
    pub fields: Vec<Field>,
    pub schema: Converted,
}

/// How a parameter's value is written, and what it may be.
struct Said<'d> {
    style: Style,
    schema: Option<&'d Node>,
    fields: Vec<Field>,
}

impl<'d> Context<'d, '_> {
    /// The parameters of an operation: those of its path, where the operation
    /// has none of the same name and place, then its own.
    pub fn parameters(
        &mut self,
        item: &'d Node,
        operation: &'d Node,
        credentials: &[&Credential],
    ) -> Reading<'d, Vec<ParameterDraft>> {
        let mut found = IndexMap::new();
        for list in [item, operation]
            .into_iter()
            .filter_map(|holder| holder.get("parameters"))
        {
            for node in listed(list)? {
                let parameter = self.resolve(node)?;
                let (name, location) = identity(parameter)?;
                // Header names are the same in any case (RFC 9110, section 5.1).
                let key = if location == Location::Header {
                    name.to_ascii_lowercase()
                } else {
                    name.to_owned()
                };
                found.insert((key, location), (parameter, name));
            }
        }
        if found.len() > self.options.limits.parameters {
            let message = format!(
                "The operation has more than {} parameters.",
                self.options.limits.parameters
            );
            return Err(Finding::error(operation, "limit", message));
        }
        let find = |place| found.iter().find(|((_, location), _)| *location == place);
        let (whole, one) = (find(Location::QueryString), find(Location::Query));
        if let (Some((_, (node, _))), Some(_)) = (whole, one) {
            let message =
                "A whole query has no parameters beside it; they are sent behind one another.";
            self.warn(node, "parameter-unusable", message);
        }
        let mut drafts = Vec::new();
        for ((_, location), (node, name)) in found {
            let filled = credentials
                .iter()
                .any(|credential| fills(credential, name, location));
            if filled || location == Location::Header && self.is_kept_back(node, name) {
                continue;
            }
            drafts.push(self.parameter(node, name, location)?);
        }
        Ok(drafts)
    }

    /// Whether a header is the runtime's to set.
    fn is_kept_back(&mut self, node: &'d Node, name: &str) -> bool {
        let reserved = is_framing(name) || name.eq_ignore_ascii_case("cookie");
        if reserved {
            let message = format!(
                "The header `{name}` is never set from an argument; the parameter is left out."
            );
            self.warn(node, "header-reserved", message);
        }
        reserved || is_ignored_header(name)
    }

    fn parameter(
        &mut self,
        node: &'d Node,
        name: &str,
        location: Location,
    ) -> Reading<'d, ParameterDraft> {
        let Said {
            style,
            schema,
            fields,
        } = match node.get("content") {
            Some(content) => self.content(node, content, location)?,
            None => Said {
                style: self.style(node, location),
                schema: node.get("schema"),
                fields: Vec::new(),
            },
        };
        let explode = node
            .get("explode")
            .and_then(Node::bool)
            .unwrap_or_else(|| style.explodes_by_default());
        let mut schema = match schema {
            Some(schema) => self
                .schemas
                .convert(schema, Direction::Input, &mut self.findings),
            None => {
                let message = format!(
                    "The parameter `{}` has no schema; any value is taken.",
                    text::line(name, 80)
                );
                self.warn(node, "schema-missing", message);
                Converted::anything()
            }
        };
        self.describe(node, &mut schema);
        Ok(ParameterDraft {
            name: name.to_owned(),
            location,
            required: location == Location::Path || node.flag("required"),
            style,
            explode,
            reserved: node.flag("allowReserved"),
            fields,
            schema,
        })
    }

    /// What a parameter with `content` says, which has exactly one media type: JSON, or text,
    /// which is sent as any scalar is, or, as a whole query, a form.
    fn content(
        &mut self,
        node: &'d Node,
        content: &'d Node,
        location: Location,
    ) -> Reading<'d, Said<'d>> {
        let said = |style, schema| Said {
            style,
            schema,
            fields: Vec::new(),
        };
        let Some((media, value)) = content.members().next() else {
            return Ok(said(location.default_style(), node.get("schema")));
        };
        let value = self.resolve(value)?;
        let schema = value.get("schema");
        let is_any = media.trim() == "*/*";
        let is_whole = location == Location::QueryString;
        if is_json(media) || is_any && !self.is_scalar(schema) {
            return Ok(said(Style::Json, schema));
        }
        if is_whole && media::essence(media) == "application/x-www-form-urlencoded" {
            let fields = schema.map(|schema| self.fields(media::Kind::UrlEncoded, value, schema));
            return Ok(Said {
                fields: fields.unwrap_or_default(),
                ..said(Style::Form, schema)
            });
        }
        let is_text = is_whole || media.trim_start().starts_with("text/");
        if is_any || is_text && self.is_scalar(schema) {
            return Ok(said(location.default_style(), schema));
        }
        let message = format!(
            "A parameter of media type `{}` can't be sent.",
            text::line(media, 80)
        );
        Err(Finding::error(content, "media-type-unsupported", message))
    }

    /// Whether a schema, which may be missing, is of one text, number or truth value.
    fn is_scalar(&self, schema: Option<&'d Node>) -> bool {
        let resolved = schema.and_then(|schema| self.document.resolve(schema).ok());
        let kind = resolved.and_then(|schema| encoding::kind(schema.node));
        matches!(kind, Some("string" | "number" | "integer" | "boolean"))
    }

    /// The parameter's style; the place's own where it names one that has no meaning there.
    fn style(&mut self, node: &'d Node, location: Location) -> Style {
        let usual = location.default_style();
        let Some(named) = node.get("style") else {
            return usual;
        };
        let name = named.text().unwrap_or_default();
        Style::named(name)
            .filter(|style| self.suits(*style, location))
            .unwrap_or_else(|| {
                let (place, shown) = (location.as_str(), text::line(name, 40));
                let message = format!(
                    "A {place} parameter can't have the style `{shown}`; `{}` is used.",
                    usual.as_str()
                );
                self.warn(named, "style-unsupported", message);
                usual
            })
    }

    /// Whether values of this style may stand at `location` in a document of this version.
    pub fn suits(&self, style: Style, location: Location) -> bool {
        let of_old = self.version == Version::V2_0 && style.is_collection_format();
        of_old || style.suits(location)
    }

    /// What the parameter says beside its schema counts more than what the schema says.
    fn describe(&self, node: &'d Node, schema: &mut Converted) {
        if let Some(description) = node.get_string("description") {
            let shown = text::cap(
                text::clean(description).trim(),
                self.options.limits.description_bytes,
            );
            schema.annotate("description", Value::String(shown));
        }
        if node.flag("deprecated") {
            schema.annotate("deprecated", Value::Bool(true));
        }
    }
}

/// Whether a credential stands where a parameter would.
fn fills(credential: &Credential, parameter: &str, place: Location) -> bool {
    match credential {
        Credential::ApiKey {
            location: Location::Header,
            name,
        } => place == Location::Header && name.eq_ignore_ascii_case(parameter),
        Credential::ApiKey { location, name } => place == *location && name == parameter,
        Credential::Basic | Credential::Bearer | Credential::Http(_) | Credential::MutualTls => {
            false
        }
    }
}

/// The items of a list of parameters, for which nothing at all stands as well.
fn listed(list: &Node) -> Reading<'_, &[Node]> {
    let is_nothing =
        list.kind() == "null" || list.object().is_some_and(|members| members.is_empty());
    if is_nothing {
        return Ok(&[]);
    }
    list.array().ok_or_else(|| {
        let message = format!("The parameters are a list, this is {}.", list.kind());
        Finding::error(list, "parameter-unusable", message)
    })
}

/// Header parameters which "SHALL be ignored" (OpenAPI 3.0, Parameter Object),
/// also where the name goes on as a header's line would.
fn is_ignored_header(name: &str) -> bool {
    let name = name.split(':').next().unwrap_or_default().trim();
    ["accept", "content-type", "authorization"]
        .iter()
        .any(|ignored| name.eq_ignore_ascii_case(ignored))
}

fn identity(parameter: &Node) -> Reading<'_, (&str, Location)> {
    let Some(name) = parameter
        .get("name")
        .and_then(Node::text)
        .filter(|name| !name.is_empty())
    else {
        return Err(Finding::error(
            parameter,
            "parameter-unusable",
            "A parameter has no `name`.",
        ));
    };
    let place = parameter.get_string("in").unwrap_or_default();
    let Some(location) = Location::ALL
        .into_iter()
        .find(|location| location.as_str() == place)
    else {
        let message = format!(
            "The parameter `{}` says `in: {}`, which is not known.",
            text::line(name, 80),
            text::line(place, 40)
        );
        return Err(Finding::error(parameter, "parameter-unusable", message)
            .hint(
                "A parameter is in `path`, `query`, `header`, `cookie` or, since 3.2, `querystring`.",
            ));
    };
    let fits = match location {
        Location::Header => is_token(name) || is_ignored_header(name),
        Location::Cookie => is_token(name),
        Location::Path | Location::Query | Location::QueryString => name.len() <= 1_024,
    };
    if !fits {
        let message = format!(
            "`{}` can't be the name of a {} parameter.",
            text::line(name, 80),
            location.as_str()
        );
        return Err(Finding::error(parameter, "parameter-unusable", message));
    }
    Ok((name, location))
}
