//! What a schema says of its XML form (OpenAPI 3.0, XML Object), for the runtime to write by.

use serde_json::{Map, Value, json};

use super::encoding;
use crate::document::{Document, Node};
use crate::text;

/// Schemas of a body that are looked at.
const MAX_SCHEMAS: usize = 512;

/// The hints for the body that `schema` describes, as JSON text. `None` where they do not suffice:
/// the root has no name, or something asks for a form that is no element and no attribute.
pub fn hints(document: &Document, schema: &Node) -> Option<String> {
    let mut reader = Reader {
        document,
        definitions: Map::new(),
        left: MAX_SCHEMAS,
    };
    let target = document.resolve(schema).ok()?.node;
    let mut root = reader.own(target)?;
    if !root.contains_key("name") {
        let reference = schema.get("$ref").and_then(Node::string)?;
        let name = reference.rsplit('/').next().filter(|name| is_name(name))?;
        root.insert("name".to_owned(), name.into());
    }
    let is_list = encoding::kind(target) == Some("array");
    if is_list && !root.contains_key("wrapped") {
        return None;
    }
    if !reader.definitions.is_empty() {
        root.insert("$defs".to_owned(), Value::Object(reader.definitions));
    }
    Some(Value::Object(root).to_string())
}

struct Reader<'d> {
    document: &'d Document,
    definitions: Map<String, Value>,
    left: usize,
}

type Hints = Map<String, Value>;

impl<'d> Reader<'d> {
    fn read(&mut self, schema: &'d Node) -> Option<Hints> {
        let Some(reference) = schema.get("$ref").and_then(Node::string) else {
            return self.own(schema);
        };
        let target = self.document.resolve(schema).ok()?.node;
        if !self.definitions.contains_key(reference) {
            // It may lead to itself.
            self.definitions.insert(reference.to_owned(), json!({}));
            let hints = self.own(target)?;
            self.definitions
                .insert(reference.to_owned(), Value::Object(hints));
        }
        Some(Map::from_iter([("$ref".to_owned(), reference.into())]))
    }

    /// What a schema itself says, and those within it that say something.
    fn own(&mut self, schema: &'d Node) -> Option<Hints> {
        self.left = self.left.checked_sub(1)?;
        let mut hints = match schema.get("xml") {
            Some(xml) => object(xml)?,
            None => Map::new(),
        };
        let mut properties = Map::new();
        for (name, schemas) in encoding::properties(self.document, schema) {
            let inner = self.read(schemas.first()?)?;
            if !inner.is_empty() {
                properties.insert(name.to_owned(), Value::Object(inner));
            }
        }
        if !properties.is_empty() {
            hints.insert("properties".to_owned(), Value::Object(properties));
        }
        if let Some(items) = schema.get("items").filter(|items| items.object().is_some()) {
            let inner = self.read(items)?;
            if !inner.is_empty() {
                hints.insert("items".to_owned(), Value::Object(inner));
            }
        }
        Some(hints)
    }
}

/// An XML Object's own words.
fn object(xml: &Node) -> Option<Hints> {
    let mut hints = Map::new();
    for key in ["name", "prefix"] {
        if let Some(name) = xml.get_string(key) {
            hints.insert(
                key.to_owned(),
                Some(name).filter(|name| is_name(name))?.into(),
            );
        }
    }
    if let Some(namespace) = xml.get_string("namespace") {
        let namespace = Some(namespace).filter(|text| !text::has_hidden(text))?;
        hints.insert("namespace".to_owned(), namespace.into());
    }
    // 3.2 says by `nodeType` what `attribute` says before.
    let is_attribute = match xml.get_string("nodeType") {
        None | Some("element") => xml.flag("attribute"),
        Some("attribute") => true,
        Some(_) => return None,
    };
    for (key, holds) in [
        ("attribute", is_attribute),
        ("wrapped", xml.flag("wrapped")),
    ] {
        if holds {
            hints.insert(key.to_owned(), true.into());
        }
    }
    Some(hints)
}

/// Whether XML can have an element of this name.
fn is_name(name: &str) -> bool {
    let begins = |c: char| c.is_alphabetic() || c == '_';
    let goes_on = |c: char| begins(c) || c.is_ascii_digit() || matches!(c, '-' | '.');
    name.starts_with(begins) && name.chars().all(goes_on)
}
