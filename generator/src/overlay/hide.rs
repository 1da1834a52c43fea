//! What was asked for written into a document, for whoever reads it without that.

use super::Target;
use super::edit::set_flag;
use crate::document::{Document, Node};
use crate::ir::Method;
use crate::lower::STRICT;
use crate::selection::{Candidate, Choice, Selection};

/// `document` with `x-mcp: false` in the operations that `selection` leaves out.
#[must_use]
pub fn hide(document: &Document, selection: &Selection) -> Document {
    let mut choice = Choice::new(selection);
    let mut target = Target::new(document.root.clone());
    let paths = document.root.get("paths");
    for (path, item) in paths.into_iter().flat_map(Node::members) {
        for (way, method, operation) in operations(item) {
            if !choice.takes(&Candidate::new(path, &method, operation), None) {
                let path = escaped(path);
                set_flag(&mut target, &format!("/paths/{path}/{way}"), "x-mcp", false);
            }
        }
    }
    target.document()
}

/// `document` with `x-mcp-strict: true`, which asks for input schemas that the strictest
/// model providers take.
#[must_use]
pub fn be_strict(document: &Document) -> Document {
    let mut target = Target::new(document.root.clone());
    set_flag(&mut target, "", STRICT, true);
    target.document()
}

/// The operations of a path, each with the JSON pointer that leads to it from there.
fn operations(item: &Node) -> impl Iterator<Item = (String, Method, &Node)> {
    let fields = Method::FIELDS.into_iter().filter_map(|method| {
        let field = method.field()?;
        Some((field.to_owned(), method, item.get(field)?))
    });
    let additional = item.get("additionalOperations").into_iter();
    let additional = additional.flat_map(Node::members);
    fields.chain(additional.filter_map(|(name, operation)| {
        let method = Method::additional(name).ok()?;
        let way = format!("additionalOperations/{}", escaped(name));
        Some((way, method, operation))
    }))
}

/// A member's name within a JSON pointer (RFC 6901, section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
