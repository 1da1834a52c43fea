//! Schemas: from a Schema Object of OpenAPI 3.0 or 3.1 to JSON Schema 2020-12.
//!
//! A schema is rebuilt keyword by keyword from an allow-list; extensions and
//! keywords whose value makes no sense are dropped. What `$ref` names is
//! converted once for each direction and becomes a shared definition, so that
//! recursion is no special case.

mod bound;
mod convert;
mod definitions;
mod forms;
mod keyword;
mod levels;
mod pattern;
mod reading;
pub mod subschemas;
mod value;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

pub use bound::{Bounded, by_bytes, by_schemas, count};
pub use definitions::Definitions;
pub use keyword::TYPES;
use serde_json::{Map, Value, json};

use super::findings::{Finding, Findings};
use super::info::Version;
use crate::document::{Document, Node};
use crate::limits::Limits;
use convert::Converter;
use pattern::Patterns;

/// Which way the values of a schema go: what only answers have is left out of
/// inputs, what only requests have is left out of outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    Input,
    Output,
    /// An input of which `null` takes members away (RFC 7396): every property admits it.
    Patch,
}

impl Direction {
    /// Starts the `$ref` of a schema until the definitions have their names.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Input => "input:",
            Self::Output => "output:",
            Self::Patch => "patch:",
        }
    }
}

/// A schema that others refer to: the JSON pointer of the original, and a direction.
type Key<'d> = (&'d str, Direction);

/// A converted schema. References still name originals, not definitions.
#[derive(Clone, Debug)]
pub struct Converted {
    pub schema: Value,
    /// Schemas within it.
    pub schemas: usize,
    /// It refers to something outside the document, so that it can't be trusted to be complete.
    pub broken: bool,
}

/// All schemas of a document that its operations need.
#[derive(Debug)]
pub struct Schemas<'d> {
    document: &'d Document,
    version: Version,
    limits: Limits,
    converted: BTreeMap<Key<'d>, Option<Converted>>,
    /// Referred to, and not converted yet.
    pending: Vec<(Key<'d>, &'d Node)>,
    patterns: Patterns,
}

impl<'d> Schemas<'d> {
    pub fn new(document: &'d Document, version: Version, limits: &Limits) -> Self {
        Self {
            document,
            version,
            limits: limits.clone(),
            converted: BTreeMap::new(),
            pending: Vec::new(),
            patterns: Patterns::default(),
        }
    }

    pub fn convert(
        &mut self,
        node: &'d Node,
        direction: Direction,
        findings: &mut Findings<'d>,
    ) -> Converted {
        let mut converter = Converter::new(self, findings, direction);
        let mut converted = Converted {
            schema: converter.schema(node),
            schemas: converter.schemas,
            broken: converter.broken,
        };
        if levels::cut(&mut converted.schema, levels::MOST) {
            let message =
                "This schema is nested too deep for clients; its deepest parts take any value.";
            findings.add(Finding::warning(node, "limit", message));
        }
        converted
    }

    /// One schema that says what all of `nodes` say.
    pub fn convert_all(
        &mut self,
        nodes: &[&'d Node],
        direction: Direction,
        findings: &mut Findings<'d>,
    ) -> Converted {
        if let [one] = nodes {
            return self.convert(one, direction, findings);
        }
        let parts: Vec<_> = nodes
            .iter()
            .map(|node| self.convert(node, direction, findings))
            .collect();
        Converted {
            schemas: parts.iter().map(|part| part.schemas).sum::<usize>() + 1,
            broken: parts.iter().any(|part| part.broken),
            schema: json!({ "allOf": parts.into_iter().map(|part| part.schema).collect::<Vec<_>>() }),
        }
    }

    /// Converts everything that was referred to, and gives it names.
    pub fn finish(&mut self, findings: &mut Findings<'d>) -> Definitions {
        while let Some((key, node)) = self.pending.pop() {
            let converted = self.convert(node, key.1, findings);
            self.converted.insert(key, Some(converted));
        }
        let done = std::mem::take(&mut self.converted);
        Definitions::new(
            done.into_iter()
                .filter_map(|(key, converted)| Some((key, converted?)))
                .collect(),
        )
    }

    /// Notes that the schema at `pointer` is needed.
    fn need(&mut self, key: Key<'d>, node: &'d Node) {
        if let Entry::Vacant(slot) = self.converted.entry(key) {
            slot.insert(None);
            self.pending.push((key, node));
        }
    }
}

impl Converted {
    /// A schema that every value meets.
    pub fn anything() -> Self {
        Self {
            schema: Value::Object(Map::new()),
            schemas: 1,
            broken: false,
        }
    }

    /// Sets an annotation, which says nothing about which values are valid.
    pub fn annotate(&mut self, keyword: &str, value: Value) {
        if let Value::Object(schema) = &mut self.schema {
            schema.insert(keyword.to_owned(), value);
        }
    }

    /// Admits `null` besides what the schema says.
    pub fn admit_null(&mut self) {
        self.schema = forms::or_null(self.schema.take());
    }

    pub fn annotate_if_absent(&mut self, keyword: &str, value: Value) {
        if self.schema.get(keyword).is_none() {
            self.annotate(keyword, value);
        }
    }
}
