//! Path items and operations.

use super::media;
use crate::dialect::build::change_members;
use crate::document::Node;
use crate::ir::Method;

/// The path item, where something in it is said otherwise in 3.1.
pub fn path_item(item: &Node) -> Option<Node> {
    change_members(item, |key, node| match key {
        "additionalOperations" => change_members(node, |_, node| operation(node)),
        _ if Method::of_field(key).is_some() => operation(node),
        _ => None,
    })
}

fn operation(operation: &Node) -> Option<Node> {
    change_members(operation, |key, node| match key {
        "requestBody" => media::holder(node),
        "responses" => change_members(node, |_, response| media::holder(response)),
        _ => None,
    })
}
