//! Making nodes that stand where something else stands.

use std::sync::Arc;

use crate::document::{Member, Node, Object, Position, Value};

pub fn text(at: Position, text: impl Into<Arc<str>>) -> Node {
    Node {
        at,
        value: Value::String(text.into()),
    }
}

pub fn flag(at: Position, flag: bool) -> Node {
    Node {
        at,
        value: Value::Bool(flag),
    }
}

pub fn array(at: Position, items: impl IntoIterator<Item = Node>) -> Node {
    Node {
        at,
        value: Value::Array(items.into_iter().collect()),
    }
}

/// An object of members which are made; each key stands where its value stands.
pub fn object<K: Into<Arc<str>>>(
    at: Position,
    members: impl IntoIterator<Item = (K, Node)>,
) -> Node {
    let mut object = ObjectBuilder::new(at);
    for (key, node) in members {
        object.set(key, node);
    }
    object.build()
}

/// An object in the making.
pub struct ObjectBuilder {
    at: Position,
    members: Object,
}

impl ObjectBuilder {
    pub fn new(at: Position) -> Self {
        Self {
            at,
            members: Object::new(),
        }
    }

    /// Takes over the members of `node` whose key `wanted` admits.
    pub fn keep(&mut self, node: &Node, wanted: impl Fn(&str) -> bool) {
        let members = node.object().into_iter().flatten();
        let kept = members.filter(|(key, _)| wanted(key));
        self.members
            .extend(kept.map(|(key, member)| (key.clone(), member.clone())));
    }

    /// Sets a member, where its key was if there was one.
    pub fn set(&mut self, key: impl Into<Arc<str>>, node: Node) {
        let key_at = node.at;
        self.members.insert(key.into(), Member { key_at, node });
    }

    pub fn build(self) -> Node {
        Node {
            at: self.at,
            value: Value::Object(Arc::new(self.members)),
        }
    }
}

/// `node` with the members that `change` gives anew; `None` where it gives none,
/// so that what stays as it is stays shared.
pub fn change_members<'n>(
    node: &'n Node,
    mut change: impl FnMut(&'n str, &'n Node) -> Option<Node>,
) -> Option<Node> {
    let members = node.object()?;
    let mut changed: Option<Object> = None;
    for (key, member) in members {
        if let Some(node) = change(key, &member.node) {
            let key_at = member.key_at;
            changed
                .get_or_insert_with(|| members.clone())
                .insert(key.clone(), Member { key_at, node });
        }
    }
    Some(Node {
        at: node.at,
        value: Value::Object(Arc::new(changed?)),
    })
}

/// Like [`change_members`], for the items of an array.
pub fn change_items<'n>(
    node: &'n Node,
    mut change: impl FnMut(&'n Node) -> Option<Node>,
) -> Option<Node> {
    let items = node.array()?;
    let mut changed: Option<Vec<Node>> = None;
    for (index, item) in items.iter().enumerate() {
        if let Some(node) = change(item) {
            changed.get_or_insert_with(|| items.to_vec())[index] = node;
        }
    }
    Some(array(node.at, changed?))
}
