//! Changing a tree of nodes at a place.

use std::sync::Arc;

use serde_json::Value as Json;

use super::Target;
use crate::document::{Member, Node, Object, Position, Value};

/// What stands at a JSON pointer.
pub fn find<'n>(root: &'n mut Node, pointer: &str) -> Option<&'n mut Node> {
    let mut node = root;
    for segment in pointer.split('/').skip(1) {
        let key = unescape(segment);
        node = match &mut node.value {
            Value::Object(members) => &mut Arc::make_mut(members).get_mut(key.as_str())?.node,
            Value::Array(items) => Arc::make_mut(items).get_mut(key.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(node)
}

/// Takes away what stands at a JSON pointer; the document as a whole stays.
pub fn remove(target: &mut Target, pointer: &str) {
    let Some((parent, segment)) = pointer.rsplit_once('/') else {
        return;
    };
    let Some(node) = find(&mut target.root, parent) else {
        return;
    };
    let key = unescape(segment);
    let index = key.parse::<usize>().ok();
    match &mut node.value {
        Value::Object(members) => {
            Arc::make_mut(members).shift_remove(key.as_str());
        }
        Value::Array(items) => {
            let kept = items.iter().enumerate();
            *items = kept
                .filter(|(at, _)| Some(*at) != index)
                .map(|(_, item)| item.clone())
                .collect();
        }
        _ => {}
    }
    match target.mirror.pointer_mut(parent) {
        Some(Json::Object(members)) => {
            members.shift_remove(&key);
        }
        Some(Json::Array(items)) => {
            if let Some(index) = index.filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// Sets a member of the object at a JSON pointer to a truth value.
pub fn set_flag(target: &mut Target, pointer: &str, key: &str, value: bool) {
    if let Some(node) = find(&mut target.root, pointer)
        && let Value::Object(members) = &mut node.value
    {
        let key_at = node.at;
        let node = Node {
            at: node.at,
            value: Value::Bool(value),
        };
        Arc::make_mut(members).insert(Arc::from(key), Member { key_at, node });
    }
    if let Some(Json::Object(members)) = target.mirror.pointer_mut(pointer) {
        members.insert(key.to_owned(), Json::Bool(value));
    }
}

/// Merges `update` into `node` (Overlay 1.1, "update"): objects member by member,
/// lists one after the other, and of anything else the update counts. Recursion is
/// bounded by the overlay's depth limit.
pub fn merge(node: &mut Node, update: &Node) {
    let at = node.at;
    match (&mut node.value, &update.value) {
        (Value::Object(members), Value::Object(updates)) => {
            let members = Arc::make_mut(members);
            for (key, update) in &**updates {
                match members.get_mut(key) {
                    Some(member) => merge(&mut member.node, &update.node),
                    None => {
                        let node = placed(&update.node, at);
                        members.insert(key.clone(), Member { key_at: at, node });
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(more)) => {
            let more = more.iter().map(|item| placed(item, at));
            *items = items.iter().cloned().chain(more).collect();
        }
        (Value::Array(items), _) => {
            let last = std::iter::once(placed(update, at));
            *items = items.iter().cloned().chain(last).collect();
        }
        _ => *node = placed(update, at),
    }
}

/// A value that stands at `at` with everything in it.
fn placed(node: &Node, at: Position) -> Node {
    let value = match &node.value {
        Value::Array(items) => Value::Array(items.iter().map(|item| placed(item, at)).collect()),
        Value::Object(members) => {
            let placed = |(key, member): (&Arc<str>, &Member)| {
                let node = placed(&member.node, at);
                (key.clone(), Member { key_at: at, node })
            };
            Value::Object(Arc::new(members.iter().map(placed).collect::<Object>()))
        }
        scalar => scalar.clone(),
    };
    Node { at, value }
}

fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}
