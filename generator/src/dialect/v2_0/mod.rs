//! Swagger 2.0.
//!
//! Definitions keep their place, so that `#/definitions/…` goes on leading there.
//! Shared parameters and responses are written out where they are used, as what
//! they become depends on the operation: a body parameter is sent as what the
//! operation consumes, a response is what it produces.

mod body;
mod operation;
mod parameter;
mod response;
mod schema;
mod security;
mod server;

use schema::Schemas;

use super::build::{ObjectBuilder, change_members, object};
use crate::document::{Document, Node};

/// The root of `document` in the shape of OpenAPI 3.0.
pub fn document(document: &Document) -> Node {
    let root = &document.root;
    let mut dialect = Dialect {
        document,
        schemas: Schemas::new(document),
    };
    let mut made = ObjectBuilder::new(root.at);
    made.keep(root, |key| {
        !matches!(
            key,
            "host" | "basePath" | "schemes" | "consumes" | "produces" | "parameters" | "responses"
        )
    });
    if let Some(servers) = server::servers(root) {
        made.set("servers", servers);
    }
    if let Some(paths) = root.get("paths") {
        let changed = change_members(paths, |_, item| dialect.path_item(item));
        made.set("paths", changed.unwrap_or_else(|| paths.clone()));
    }
    if let Some(declared) = root.get("securityDefinitions") {
        let schemes = security::schemes(declared);
        made.set(
            "components",
            object(declared.at, [("securitySchemes", schemes)]),
        );
    }
    if let Some(definitions) = dialect.schemas.definitions() {
        made.set("definitions", definitions);
    }
    made.build()
}

/// What every part of the document is read with.
struct Dialect<'a> {
    document: &'a Document,
    schemas: Schemas<'a>,
}

/// Media types of one operation that are looked at; more than any honest document
/// has, and few enough that every operation can have them.
const MAX_MEDIA_TYPES: usize = 32;

impl<'a> Dialect<'a> {
    /// What `key` (`consumes` or `produces`) names for an operation: its own list
    /// before the document's.
    fn media_types(&self, operation: &'a Node, key: &str) -> Vec<&'a str> {
        let declared = operation.get(key).or_else(|| self.document.root.get(key));
        let named = declared.into_iter().flat_map(Node::items);
        named
            .filter_map(Node::string)
            .filter(|media| !media.trim().is_empty())
            .take(MAX_MEDIA_TYPES)
            .collect()
    }

    /// What a reference names; the node itself where it is none, or a broken one,
    /// which lowering reports.
    fn resolve(&self, node: &'a Node) -> &'a Node {
        self.document
            .resolve(node)
            .map_or(node, |resolved| resolved.node)
    }
}
