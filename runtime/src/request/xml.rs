//! XML bodies (OpenAPI, XML Object; W3C XML 1.0).

use std::{borrow::Cow, collections::BTreeMap};

use serde::Deserialize;
use serde_json::Value;

use super::{
    body::{Body, fault, too_large},
    parts,
};
use crate::{
    Result,
    args::{Argument, Content},
};

/// How deep elements go.
const DEPTH: usize = 64;

/// What XML Objects say of a schema and of those within it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Hints<'h> {
    #[serde(borrow)]
    name: Option<Cow<'h, str>>,
    #[serde(borrow)]
    prefix: Option<Cow<'h, str>>,
    #[serde(borrow)]
    namespace: Option<Cow<'h, str>>,
    attribute: bool,
    wrapped: bool,
    #[serde(borrow)]
    properties: BTreeMap<Cow<'h, str>, Hints<'h>>,
    #[serde(borrow)]
    items: Option<Box<Hints<'h>>>,
    #[serde(rename = "$ref", borrow)]
    reference: Option<Cow<'h, str>>,
    #[serde(rename = "$defs", borrow)]
    definitions: BTreeMap<Cow<'h, str>, Hints<'h>>,
}

/// What is said of a schema without an XML Object.
static NOTHING: Hints<'static> = Hints {
    name: None,
    prefix: None,
    namespace: None,
    attribute: false,
    wrapped: false,
    properties: BTreeMap::new(),
    items: None,
    reference: None,
    definitions: BTreeMap::new(),
};

/// The document that a value makes. `hints` is the JSON text of what XML Objects say; the root has
/// its name from there. It has no more than `most` bytes.
pub(super) fn body(
    media_type: &str,
    value: &Argument<'_>,
    hints: &str,
    most: usize,
) -> Result<Option<Body>> {
    let named = |reason: String| fault(media_type, reason);
    let root: Hints<'_> = serde_json::from_str(hints)
        .map_err(|error| named(format!("its description can not be read ({error})")))?;
    let mut writer = Writer {
        root: &root,
        text: String::from(r#"<?xml version="1.0" encoding="UTF-8"?>"#),
        most,
    };
    let written = match &value.content {
        Content::Absent | Content::Value(Value::Null) => return Ok(None),
        Content::Value(value) => writer.value("", value, &root, DEPTH),
        Content::Object(members) => writer.object("", members, writer.resolve(&root), DEPTH),
    };
    written.map_err(named)?;
    if writer.text.len() > most {
        return Err(too_large(media_type, most));
    }
    Body::new(media_type, writer.text.into_bytes()).map(Some)
}

struct Writer<'h> {
    root: &'h Hints<'h>,
    text: String,
    /// From so many bytes on nothing is added.
    most: usize,
}

impl<'h> Writer<'h> {
    /// An element for a value, or several for a list. `name` is that of the property.
    fn value(
        &mut self,
        name: &str,
        value: &Value,
        hints: &'h Hints<'h>,
        depth: usize,
    ) -> Result<(), String> {
        if self.text.len() > self.most {
            return Ok(());
        }
        let hints = self.resolve(hints);
        let depth = depth
            .checked_sub(1)
            .ok_or_else(|| format!("it is nested more than {DEPTH} deep"))?;
        match value {
            Value::Null => Ok(()),
            Value::Array(items) => self.list(name, items, hints, depth),
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.as_str(), value));
                self.object(name, &members.collect::<Vec<_>>(), hints, depth)
            }
            _ => {
                let tag = self.open(name, hints)?;
                self.text.push('>');
                let text = parts::text(value).unwrap_or_default();
                self.escaped(&text)?;
                self.close(&tag);
                Ok(())
            }
        }
    }

    /// Elements one after another, within one of their own where the list is wrapped.
    fn list(
        &mut self,
        name: &str,
        items: &[Value],
        hints: &'h Hints<'h>,
        depth: usize,
    ) -> Result<(), String> {
        let inner = hints.items.as_deref().unwrap_or(&NOTHING);
        if !hints.wrapped {
            return items
                .iter()
                .try_for_each(|item| self.value(name, item, inner, depth));
        }
        let tag = self.open(name, hints)?;
        self.text.push('>');
        let own = hints.name.as_deref().unwrap_or(name);
        for item in items {
            self.value(own, item, inner, depth)?;
        }
        self.close(&tag);
        Ok(())
    }

    /// An element with its attributes, then what is inside.
    fn object(
        &mut self,
        name: &str,
        members: &[(&str, &Value)],
        hints: &'h Hints<'h>,
        depth: usize,
    ) -> Result<(), String> {
        let tag = self.open(name, hints)?;
        let mut inside = Vec::new();
        for &(name, value) in members {
            let hints = hints.properties.get(name).unwrap_or(&NOTHING);
            let hints = self.resolve(hints);
            if hints.attribute {
                self.attribute(name, value, hints)?;
            } else {
                inside.push((name, value, hints));
            }
        }
        self.text.push('>');
        for (name, value, hints) in inside {
            self.value(name, value, hints, depth)?;
        }
        self.close(&tag);
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &Value, hints: &Hints<'_>) -> Result<(), String> {
        let Some(text) = parts::text(value) else {
            return Ok(());
        };
        let name = tag(name, hints)?;
        self.text.push_str(&format!(" {name}=\""));
        self.escaped(&text)?;
        self.text.push('"');
        Ok(())
    }

    /// Begins an element, and returns its name.
    fn open(&mut self, name: &str, hints: &Hints<'_>) -> Result<String, String> {
        let tag = tag(name, hints)?;
        self.text.push('<');
        self.text.push_str(&tag);
        if let Some(namespace) = &hints.namespace {
            match &hints.prefix {
                Some(prefix) => self.text.push_str(&format!(" xmlns:{prefix}=\"")),
                None => self.text.push_str(" xmlns=\""),
            }
            self.escaped(namespace)?;
            self.text.push('"');
        }
        Ok(tag)
    }

    fn close(&mut self, tag: &str) {
        self.text.push_str(&format!("</{tag}>"));
    }

    /// Text that neither ends an element or an attribute nor loses its spaces in one.
    fn escaped(&mut self, text: &str) -> Result<(), String> {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\t' | '\n' | '\r' => {
                    self.text.push_str(&format!("&#{};", u32::from(character)));
                }
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                    return Err(
                        "it holds a control character, which XML has no way to write".into(),
                    );
                }
                _ => self.text.push(character),
            }
        }
        Ok(())
    }

    fn resolve(&self, hints: &'h Hints<'h>) -> &'h Hints<'h> {
        let named = hints.reference.as_ref();
        let found = named.and_then(|name| self.root.definitions.get(name));
        found.unwrap_or(hints)
    }
}

/// The name of an element or attribute, with its prefix.
fn tag(name: &str, hints: &Hints<'_>) -> Result<String, String> {
    let name = hints.name.as_deref().unwrap_or(name);
    if !is_name(name) || !hints.prefix.as_deref().is_none_or(is_name) {
        let shown = name.escape_default();
        return Err(format!("`{shown}` is not a name that XML can have"));
    }
    Ok(match &hints.prefix {
        Some(prefix) => format!("{prefix}:{name}"),
        None => name.to_owned(),
    })
}

/// Whether a name is one of XML (Namespaces in XML 1.0, `NCName`), the ASCII part of it exactly.
fn is_name(name: &str) -> bool {
    let begins = |character: char| {
        character.is_ascii_alphabetic() || character == '_' || character.is_alphabetic()
    };
    let goes_on = |character: char| {
        begins(character) || character.is_ascii_digit() || matches!(character, '-' | '.')
    };
    name.starts_with(begins) && name.chars().all(goes_on)
}
