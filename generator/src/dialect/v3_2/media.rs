//! Media types of sequences: `itemSchema` describes each item.

use crate::dialect::build::{ObjectBuilder, change_members, object, text};
use crate::document::Node;

/// A request body or a response, where a media type in it is said otherwise in 3.1.
pub fn holder(holder: &Node) -> Option<Node> {
    change_members(holder, |key, node| match key {
        "content" => content(node),
        _ => None,
    })
}

/// Media types by their names.
pub fn content(content: &Node) -> Option<Node> {
    change_members(content, |_, media| media_type(media))
}

/// A sequence is the list of its items (OpenAPI 3.2, Media Type Object, "Sequential
/// Media Types"). A schema of the whole says that already.
fn media_type(media: &Node) -> Option<Node> {
    let items = media.get("itemSchema")?;
    if media.get("schema").is_some() {
        return None;
    }
    let list = [("type", text(items.at, "array")), ("items", items.clone())];
    let mut made = ObjectBuilder::new(media.at);
    made.keep(media, |key| key != "itemSchema");
    made.set("schema", object(items.at, list));
    Some(made.build())
}
