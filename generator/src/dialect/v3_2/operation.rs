//! Path items and operations.

use super::parameter;
use crate::dialect::build::{change_items, change_members};
use crate::document::Node;
use crate::ir::Method;

/// The path item, where a parameter in it is said otherwise in 3.1.
pub fn path_item(item: &Node) -> Option<Node> {
    change_members(item, |key, node| match key {
        "parameters" => change_items(node, parameter::parameter),
        _ if Method::ALL.into_iter().any(|method| method.key() == key) => operation(node),
        _ => None,
    })
}

fn operation(operation: &Node) -> Option<Node> {
    change_members(operation, |key, node| match key {
        "parameters" => change_items(node, parameter::parameter),
        _ => None,
    })
}
