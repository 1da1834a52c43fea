//! Schemas: `x-nullable`, a discriminator that is a name, and references to where
//! no schema stands any more.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::dialect::build::{ObjectBuilder, change_items, change_members, object, text};
use crate::document::{Document, Node};

const DEFINITIONS: &str = "/definitions/";

/// The schemas of a document.
pub struct Schemas<'a> {
    document: &'a Document,
    /// Schemas that were made, by the place of the original: one that is shared by
    /// a thousand operations is made once.
    made: HashMap<*const Node, Node>,
    /// What references outside `definitions` name, by their pointers.
    moved: IndexMap<&'a str, &'a Node>,
}

impl<'a> Schemas<'a> {
    pub fn new(document: &'a Document) -> Self {
        Self {
            document,
            made: HashMap::new(),
            moved: IndexMap::new(),
        }
    }

    /// The schema in the form of 3.0.
    pub fn make(&mut self, schema: &'a Node) -> Node {
        let place = std::ptr::from_ref(schema);
        if let Some(made) = self.made.get(&place) {
            return made.clone();
        }
        let made = self.change(schema).unwrap_or_else(|| schema.clone());
        self.made.insert(place, made.clone());
        made
    }

    /// `definitions`, with what was referred to elsewhere; `None` where there are none.
    pub fn definitions(&mut self) -> Option<Node> {
        let root = &self.document.root;
        let declared = root.get("definitions");
        let at = declared.unwrap_or(root).at;
        let mut definitions = ObjectBuilder::new(at);
        for (name, schema) in declared.into_iter().flat_map(Node::members) {
            definitions.set(name, self.make(schema));
        }
        let mut done = 0;
        while let Some((pointer, target)) = self.moved.get_index(done) {
            let (pointer, target) = (*pointer, *target);
            definitions.set(name(pointer), self.make(target));
            done += 1;
        }
        (declared.is_some() || done > 0).then(|| definitions.build())
    }

    /// The schema, where something in it is said otherwise in 3.0. Recursion is
    /// bounded by the document's depth limit.
    fn change(&mut self, schema: &'a Node) -> Option<Node> {
        let members = schema.object()?;
        let mut made = ObjectBuilder::new(schema.at);
        let mut changed = false;
        made.keep(schema, |_| true);
        for (keyword, member) in members {
            let node = &member.node;
            let (keyword, node) = match &**keyword {
                "x-nullable" if node.bool() == Some(true) => ("nullable", Some(node.clone())),
                keyword => (keyword, self.keyword(keyword, node)),
            };
            if let Some(node) = node {
                made.set(keyword, node);
                changed = true;
            }
        }
        changed.then(|| made.build())
    }

    fn keyword(&mut self, keyword: &str, node: &'a Node) -> Option<Node> {
        match keyword {
            "$ref" => self.reference(node),
            "discriminator" => {
                let property = node.string()?;
                Some(object(node.at, [("propertyName", text(node.at, property))]))
            }
            "items" | "additionalProperties" | "not" if node.object().is_some() => {
                self.change(node)
            }
            "items" | "allOf" | "anyOf" | "oneOf" => {
                change_items(node, |schema| self.change(schema))
            }
            "properties" | "patternProperties" => {
                change_members(node, |_, schema| self.change(schema))
            }
            _ => None,
        }
    }

    /// A reference to a schema within an operation, a parameter or a response, as
    /// bundlers write: it leads to a definition of its own instead.
    fn reference(&mut self, reference: &'a Node) -> Option<Node> {
        let target = self.document.follow(reference.string()?).ok()?;
        let pointer = target.pointer?;
        if pointer.starts_with(DEFINITIONS) {
            return None;
        }
        self.moved.insert(pointer, target.node);
        let name = name(pointer)
            .replace('~', "~0")
            .replace('/', "~1")
            .replace('%', "%25");
        Some(text(reference.at, format!("#{DEFINITIONS}{name}")))
    }
}

/// What the definition of a moved schema is called.
fn name(pointer: &str) -> String {
    pointer.trim_start_matches('/').to_owned()
}
