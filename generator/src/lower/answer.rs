//! Answers (OpenAPI 3.0, Responses Object): the documented JSON of a success.
//!
//! An output schema is documentation that a client checks answers against, so it
//! must never make a good answer look bad: its root is an object and nothing
//! else, and every documented part admits anything beside what it documents.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::Context;
use super::body::json_media;
use super::schema::{Converted, Direction};
use crate::document::Node;

/// A success, read.
#[derive(Debug)]
pub struct AnswerDraft {
    pub schema: Converted,
    pub wrapped: bool,
}

impl<'d> Context<'d, '_> {
    /// What the operation answers on success, where that is JSON with a schema.
    pub fn answer(&mut self, operation: &'d Node) -> Option<AnswerDraft> {
        let schema = self.success_schema(operation)?;
        let shape = self.shape(schema);
        match shape.kind {
            Kind::Object if !shape.properties.is_empty() => Some(self.object(&shape)),
            Kind::Object => {
                let convert = self
                    .schemas
                    .convert(schema, Direction::Output, &mut self.findings);
                Some(loosened(
                    convert,
                    |part| json!({ "type": "object", "anyOf": [part, {}] }),
                    false,
                ))
            }
            Kind::Other => {
                let convert = self
                    .schemas
                    .convert(schema, Direction::Output, &mut self.findings);
                let wrap = |part| json!({ "type": "object", "properties": { "result": { "anyOf": [part, {}] } } });
                Some(loosened(convert, wrap, true))
            }
            Kind::Unknown => None,
        }
    }

    /// The schema of the first success that has one: by status, a class (`2XX`) last.
    fn success_schema(&self, operation: &'d Node) -> Option<&'d Node> {
        let responses = self
            .document
            .resolve(operation.get("responses")?)
            .ok()?
            .node;
        let mut successes: Vec<_> = responses
            .members()
            .filter(|(status, _)| status.starts_with('2') && status.len() == 3)
            .collect();
        successes.sort_by_key(|(status, _)| *status);
        successes.into_iter().find_map(|(_, response)| {
            let response = self.document.resolve(response).ok()?.node;
            let content = self.document.resolve(response.get("content")?).ok()?.node;
            let (_, media) = json_media(content)?;
            self.document.resolve(media).ok()?.node.get("schema")
        })
    }

    /// The properties of an object answer, each loose by itself, so that a client
    /// sees names and shapes at once.
    fn object(&mut self, shape: &AnswerShape<'d>) -> AnswerDraft {
        let mut properties = Map::new();
        let mut schemas = 1;
        for (name, nodes) in &shape.properties {
            let part = self
                .schemas
                .convert_all(nodes, Direction::Output, &mut self.findings);
            schemas += part.schemas + 2;
            properties.insert((*name).to_owned(), json!({ "anyOf": [part.schema, {}] }));
        }
        let schema = json!({ "type": "object", "properties": properties });
        AnswerDraft {
            schema: Converted {
                schema,
                schemas,
                broken: false,
            },
            wrapped: false,
        }
    }

    /// What `schema` is at its root, through references and `allOf`.
    fn shape(&self, schema: &'d Node) -> AnswerShape<'d> {
        const MAX_BRANCHES: usize = 64;
        let mut shape = AnswerShape {
            kind: Kind::Unknown,
            properties: IndexMap::new(),
        };
        let mut branches = vec![schema];
        let mut left = MAX_BRANCHES;
        while let Some(branch) = branches.pop() {
            let Ok(target) = self.document.resolve(branch) else {
                continue;
            };
            let node = target.node;
            left = left.saturating_sub(1);
            if left == 0 {
                return AnswerShape {
                    kind: shape.kind,
                    properties: IndexMap::new(),
                };
            }
            shape.kind = shape.kind.and(self.kind(node, 0));
            for (name, property) in node.get("properties").into_iter().flat_map(Node::members) {
                let hidden = super::outline::is_write_only(self.document, property)
                    || crate::text::has_hidden(name);
                if !hidden {
                    shape.properties.entry(name).or_default().push(property);
                }
            }
            branches.extend(node.get("allOf").into_iter().flat_map(Node::items));
        }
        shape
    }

    /// What kind of value `node` says it is, references not followed but in alternatives.
    fn kind(&self, node: &'d Node, depth: usize) -> Kind {
        let named = node
            .get("type")
            .and_then(|kind| kind.string().or_else(|| kind.array()?.first()?.string()));
        match named {
            Some("object") => return Kind::Object,
            Some(_) => return Kind::Other,
            None => {}
        }
        if node.get("properties").is_some() || node.get("additionalProperties").is_some() {
            return Kind::Object;
        }
        if node.get("items").is_some() || node.get("enum").is_some() || depth > 8 {
            return Kind::Other;
        }
        let Some(alternatives) = node.get("oneOf").or_else(|| node.get("anyOf")) else {
            return Kind::Unknown;
        };
        let kind = |branch| {
            self.document
                .resolve(branch)
                .map_or(Kind::Other, |target| self.kind(target.node, depth + 1))
        };
        let all_objects = alternatives
            .items()
            .all(|branch| kind(branch) == Kind::Object);
        if all_objects {
            Kind::Object
        } else {
            Kind::Other
        }
    }
}

struct AnswerShape<'d> {
    kind: Kind,
    properties: IndexMap<&'d str, Vec<&'d Node>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Object,
    Other,
    Unknown,
}

impl Kind {
    fn and(self, branch: Self) -> Self {
        match (self, branch) {
            (Self::Unknown, kind) | (kind, Self::Unknown) => kind,
            (Self::Object, Self::Object) => Self::Object,
            _ => Self::Other,
        }
    }
}

fn loosened(part: Converted, around: impl FnOnce(Value) -> Value, wrapped: bool) -> AnswerDraft {
    let Converted {
        schema, schemas, ..
    } = part;
    AnswerDraft {
        schema: Converted {
            schema: around(schema),
            schemas: schemas + 3,
            broken: false,
        },
        wrapped,
    }
}
