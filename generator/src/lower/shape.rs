//! What an answer's schema is at its root.

use indexmap::IndexMap;

use super::outline::is_write_only;
use crate::document::{Document, Node};
use crate::text;

/// A schema's kind and, for objects, the properties it names, through references
/// and `allOf`. A property that several branches describe has several schemas.
pub struct Shape<'d> {
    pub kind: Kind,
    pub properties: IndexMap<&'d str, Vec<&'d Node>>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Object,
    Other,
    Unknown,
}

/// Schemas that are looked at before the rest is taken as unknown.
const MAX_SCHEMAS: usize = 256;

/// The shape of `schema`.
pub fn shape<'d>(document: &'d Document, schema: &'d Node) -> Shape<'d> {
    let mut search = Search {
        document,
        left: MAX_SCHEMAS,
    };
    let mut shape = Shape {
        kind: Kind::Unknown,
        properties: IndexMap::new(),
    };
    let mut branches = vec![schema];
    while let Some(branch) = branches.pop() {
        let Some(node) = search.target(branch) else {
            continue;
        };
        shape.kind = shape.kind.and(search.kind(node));
        for (name, property) in node.get("properties").into_iter().flat_map(Node::members) {
            if !is_write_only(document, property) && !text::has_hidden(name) {
                shape.properties.entry(name).or_default().push(property);
            }
        }
        branches.extend(node.get("allOf").into_iter().flat_map(Node::items));
    }
    shape
}

struct Search<'d> {
    document: &'d Document,
    left: usize,
}

impl<'d> Search<'d> {
    fn target(&mut self, node: &'d Node) -> Option<&'d Node> {
        self.left = self.left.checked_sub(1)?;
        Some(self.document.resolve(node).ok()?.node)
    }

    /// What kind of value `node` says it is: by itself, or by all its alternatives.
    fn kind(&mut self, node: &'d Node) -> Kind {
        let says = |keyword: &str| node.get(keyword).is_some();
        let named = node
            .get("type")
            .and_then(|kind| kind.string().or_else(|| kind.array()?.first()?.string()));
        match named {
            Some("object") => return Kind::Object,
            Some(_) => return Kind::Other,
            None if says("properties") || says("additionalProperties") => return Kind::Object,
            None if says("items") || says("enum") => return Kind::Other,
            None => {}
        }
        let Some(alternatives) = node.get("oneOf").or_else(|| node.get("anyOf")) else {
            return Kind::Unknown;
        };
        let all_objects = alternatives.items().all(|branch| {
            let target = self.target(branch);
            target.is_some_and(|target| self.kind(target) == Kind::Object)
        });
        if all_objects {
            Kind::Object
        } else {
            Kind::Other
        }
    }
}

impl Kind {
    /// The kind of a value of which both are said.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, kind) | (kind, Self::Unknown) => kind,
            (Self::Object, Self::Object) => Self::Object,
            _ => Self::Other,
        }
    }
}
