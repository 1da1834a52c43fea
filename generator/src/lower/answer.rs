//! Answers (OpenAPI 3.0, Responses Object): the documented JSON of a success.
//!
//! An output schema is documentation that a client checks answers against, so it
//! must never make a good answer look bad: its root is an object and nothing
//! else, and every documented part admits anything beside what it documents.

use serde_json::{Map, Value, json};

use super::Context;
use super::findings::Finding;
use super::media::{essence, is_sequence, json_media};
use super::schema::{Converted, Direction};
use super::shape::{Kind, Shape, shape};
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
        let shape = shape(self.document, schema);
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
    fn success_schema(&mut self, operation: &'d Node) -> Option<&'d Node> {
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
            let response = self.response(response)?;
            let content = self.document.resolve(response.get("content")?).ok()?.node;
            let media = json_media(content).map(|(_, media)| media);
            let media = media.or_else(|| sequence_media(content))?;
            self.document.resolve(media).ok()?.node.get("schema")
        })
    }

    /// A response, or what its `$ref` names. A call succeeds without its documentation.
    fn response(&mut self, declared: &'d Node) -> Option<&'d Node> {
        match self.document.resolve(declared) {
            Ok(resolved) => Some(resolved.node),
            Err(broken) => {
                let message = format!("{} The answer stays undocumented.", broken.message());
                let finding = Finding::warning(declared, broken.code(), message);
                self.findings.add(finding.hint(broken.hint()));
                None
            }
        }
    }

    /// The properties of an object answer, each loose by itself, so that a client
    /// sees names and shapes at once.
    fn object(&mut self, shape: &Shape<'d>) -> AnswerDraft {
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
}

/// The media type of a sequence, which is answered as the list of its items.
fn sequence_media(content: &Node) -> Option<&Node> {
    let is_list = |media: &str| {
        let essence = essence(media);
        is_sequence(&essence) || essence == "text/event-stream"
    };
    let mut media = content.members();
    media.find_map(|(media, node)| is_list(media).then_some(node))
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
