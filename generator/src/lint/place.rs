//! Where in its document a tool comes from.

use toolmill_core::Tool;

use crate::document::{Document, Node, Position};
use crate::ir::Method;

/// A place in a document.
pub struct Place {
    pub pointer: String,
    pub at: Position,
}

impl Place {
    /// The operation of a tool, or as much of the way to it as is found.
    pub fn of(document: &Document, tool: &Tool) -> Self {
        let mut place = Self::root(document);
        let method = Method::additional(&tool.method).ok();
        let field = method.as_ref().and_then(Method::field);
        let way: &[&str] = match field {
            Some(field) => &["paths", &tool.path, field],
            None => &["paths", &tool.path, "additionalOperations", &tool.method],
        };
        let mut node = &document.root;
        for key in way {
            let Some(member) = node.object().and_then(|members| members.get(*key)) else {
                break;
            };
            let name = key.replace('~', "~0").replace('/', "~1");
            place.pointer.push_str(&format!("/{name}"));
            place.at = member.key_at;
            node = &member.node;
        }
        place
    }

    /// The paths, which are as good as the list of tools.
    pub fn of_paths(document: &Document) -> Self {
        let paths = document.root.object();
        match paths.and_then(|members| members.get("paths")) {
            Some(member) => Self {
                pointer: "/paths".to_owned(),
                at: member.key_at,
            },
            None => Self::root(document),
        }
    }

    fn root(document: &Document) -> Self {
        let Node { at, .. } = document.root;
        Self {
            pointer: String::new(),
            at,
        }
    }
}
