//! OpenAPI 3.2, where it says more than 3.1.
//!
//! The `query` method, `additionalOperations`, `in: querystring` and
//! `components.mediaTypes` need nothing made, since lowering reads them as they are.

mod media;
mod operation;

use super::build::{ObjectBuilder, change_members};
use crate::document::{Document, Node};

/// The root of `document` in the shape of OpenAPI 3.1.
pub fn document(document: &Document) -> Node {
    let root = &document.root;
    let mut made = ObjectBuilder::new(root.at);
    made.keep(root, |_| true);
    let paths = root.get("paths");
    if let Some(paths) =
        paths.and_then(|paths| change_members(paths, |_, item| operation::path_item(item)))
    {
        made.set("paths", paths);
    }
    if let Some(components) = root.get("components").and_then(components) {
        made.set("components", components);
    }
    made.build()
}

fn components(components: &Node) -> Option<Node> {
    change_members(components, |kind, all| match kind {
        "mediaTypes" => media::content(all),
        "requestBodies" | "responses" => change_members(all, |_, holder| media::holder(holder)),
        "pathItems" => change_members(all, |_, item| operation::path_item(item)),
        _ => None,
    })
}
