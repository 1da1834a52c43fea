//! The version of the document, and what the API says of itself
//! (OpenAPI 3.0, OpenAPI Object and Info Object).

use super::findings::Finding;
use super::{Context, Reading};
use crate::document::Document;
use crate::text;

/// The dialects that differ in what a schema means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V2_0,
    V3_0,
    V3_1,
    V3_2,
}

impl Version {
    /// Whether a schema is one of JSON Schema 2020-12: `type` may list `null`, and
    /// what stands beside a `$ref` counts.
    pub fn has_json_schema(self) -> bool {
        match self {
            Self::V2_0 | Self::V3_0 => false,
            Self::V3_1 | Self::V3_2 => true,
        }
    }
}

/// Title, version and description as they are shown.
pub struct Info {
    pub title: String,
    pub version: String,
    pub description: String,
}

/// Which version the document is of.
pub fn version(document: &Document) -> Reading<'_, Version> {
    let root = &document.root;
    if root.object().is_none() {
        let message = format!("A specification is an object, this is {}.", root.kind());
        return Err(Finding::error(root, "not-a-specification", message));
    }
    let Some(node) = root.get("openapi").or_else(|| root.get("swagger")) else {
        return Err(Finding::error(
            root,
            "not-a-specification",
            "The document says neither `openapi: 3.x` nor `swagger: '2.0'`.",
        )
        .hint("Is this an OpenAPI specification?"));
    };
    let version = node.text().unwrap_or_default();
    let plain = version
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let is = |prefix: &str| {
        let rest = version.strip_prefix(prefix);
        plain && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
    };
    let known = if root.get("openapi").is_none() {
        (is("2.0") || version == "2").then_some(Version::V2_0)
    } else if is("3.0") || version == "3" {
        Some(Version::V3_0)
    } else if is("3.1") {
        Some(Version::V3_1)
    } else {
        is("3.2").then_some(Version::V3_2)
    };
    known.ok_or_else(|| {
        let message = format!(
            "Version `{}` of OpenAPI is not known.",
            text::line(version, 40)
        );
        Finding::error(node, "version-unsupported", message)
            .hint("Versions 2.0, 3.0, 3.1 and 3.2 are read.")
    })
}

impl<'d> Context<'d, '_> {
    pub fn info(&mut self) -> Info {
        let limits = &self.options.limits;
        let info = self.document.root.get("info");
        let get = |key: &str| {
            info.and_then(|info| info.get(key))
                .and_then(|node| node.text())
        };
        let line = |text: &str| text::line(text, limits.title_chars);
        let title = self
            .options
            .title
            .as_deref()
            .or_else(|| get("title"))
            .map(line)
            .filter(|title| !title.is_empty());
        let version = get("version")
            .map(line)
            .filter(|version| !version.is_empty());
        let description = get("description").map(text::clean).unwrap_or_default();
        Info {
            title: title.unwrap_or_else(|| self.options.slug.to_string()),
            version: version.unwrap_or_else(|| "0".to_owned()),
            description: text::cap(description.trim(), limits.description_bytes),
        }
    }
}
