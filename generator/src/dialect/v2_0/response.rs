//! Responses: the schema becomes `content` of what the operation produces.

use super::Dialect;
use crate::dialect::build::{ObjectBuilder, change_members, object};
use crate::document::Node;

impl<'a> Dialect<'a> {
    /// The responses of an operation, shared ones written out.
    pub fn responses(&mut self, declared: &'a Node, produces: &[&str]) -> Node {
        let changed = change_members(declared, |_, response| self.response(response, produces));
        changed.unwrap_or_else(|| declared.clone())
    }

    fn response(&mut self, declared: &'a Node, produces: &[&str]) -> Option<Node> {
        let response = self.resolve(declared);
        let schema = response.get("schema")?;
        let is_file = schema.get_string("type") == Some("file");
        let media = object(schema.at, [("schema", self.schemas.make(schema))]);
        let produces = match produces {
            [] if is_file => &["application/octet-stream"],
            [] => &["application/json"],
            named => named,
        };
        let mut made = ObjectBuilder::new(response.at);
        made.keep(response, |key| !matches!(key, "schema" | "examples"));
        let content = produces.iter().map(|name| (*name, media.clone()));
        made.set("content", object(schema.at, content));
        Some(made.build())
    }
}
