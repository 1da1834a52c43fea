//! A selection written into a document, for whoever reads it without one.

use super::Target;
use super::edit::set_flag;
use crate::document::{Document, Node};
use crate::ir::Method;
use crate::selection::{Candidate, Choice, Selection};

/// `document` with `x-mcp: false` in the operations that `selection` leaves out.
#[must_use]
pub fn hide(document: &Document, selection: &Selection) -> Document {
    let mut choice = Choice::new(selection);
    let mut target = Target::new(document.root.clone());
    let paths = document.root.get("paths");
    for (path, item) in paths.into_iter().flat_map(Node::members) {
        for method in Method::ALL {
            let Some(operation) = item.get(method.key()) else {
                continue;
            };
            if !choice.takes(&Candidate::new(path, method, operation), None) {
                let path = path.replace('~', "~0").replace('/', "~1");
                set_flag(
                    &mut target,
                    &format!("/paths/{path}/{}", method.key()),
                    "x-mcp",
                    false,
                );
            }
        }
    }
    target.document()
}
