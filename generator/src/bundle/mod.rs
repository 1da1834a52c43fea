//! Several files → one document with `#/…` references only.
//!
//! What a reference may share (a schema, a parameter, an answer) is kept once,
//! among the components, under the name of its file or key; where OpenAPI has no
//! place for a reference, what it names is written out there. Everything else
//! stays as it is: the order, the words, the digits of numbers.
//!
//! Nothing is read here. [`Needs`] says which files are lacking; whoever can reach
//! them brings them, and asks again. Each part of each file is looked through
//! once. Then [`bundle`] writes the one document.

mod files;
mod homes;
mod kind;
mod needs;
mod target;
mod walk;

use indexmap::IndexMap;
use serde_json::Value as Json;
use url::Url;

use crate::document::{Document, Node, Position, Value};
use crate::limits::Limits;
pub use files::Files;
pub use homes::Origins;
pub use needs::Needs;
pub use target::Target;

/// What bundling gives.
#[derive(Debug)]
pub struct Bundled {
    /// The one document.
    pub document: Json,
    /// Files that are referred to and not among those given, in that order.
    pub lacking: IndexMap<Url, Lacking>,
    /// References that stay as they are, since they lead nowhere, and those that
    /// may be meant otherwise.
    pub unresolved: Vec<Unresolved>,
    /// What each part was made of.
    pub origins: Origins,
}

/// A file that is needed.
#[derive(Clone, Debug)]
pub struct Lacking {
    /// The file that refers to it first.
    pub by: Url,
}

/// A reference that leads nowhere.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// Where it stands, as a JSON pointer into the one document.
    pub pointer: String,
    /// As it is written.
    pub reference: String,
    pub reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is relative, and its file has no place of its own.
    Nowhere,
    /// The file cannot be had.
    Unavailable(Url),
    /// The file has nothing at that place.
    Missing(Url),
    /// It leads back to itself.
    Endless,
    /// The document would be larger or deeper than the limits allow.
    TooLarge,
    /// It is there in the root document only, and taken from it.
    InRoot,
    /// An `operationRef` to an operation that is not in the document.
    Operation,
    /// A `$dynamicRef` into another file.
    Dynamic,
    /// It is relative, and read beside its file; its `$id` says that it is there.
    Id(Url),
}

impl Reason {
    /// Whether the document lacks something for it.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        !matches!(self, Self::InRoot | Self::Operation | Self::Id(_))
    }
}

impl Bundled {
    fn lack(&mut self, url: &Url, by: &Url) {
        self.lacking
            .entry(url.clone())
            .or_insert_with(|| Lacking { by: by.clone() });
    }
}

/// Makes one document of `files`, of which `root` is the one that the others are
/// referred to from.
#[must_use]
pub fn bundle(root: &Url, files: &Files, limits: &Limits) -> Bundled {
    walk::bundle(root, files, limits)
}

/// Whether a document may refer to others: it has a `$ref` that does not start
/// with `#`. Recursion is bounded by the document's depth limit.
#[must_use]
pub fn refers_outside(document: &Document) -> bool {
    fn outside(node: &Node) -> bool {
        let own = node.get("$ref").and_then(Node::string);
        own.is_some_and(|reference| !reference.starts_with('#'))
            || match &node.value {
                Value::Object(members) => members.values().any(|member| outside(&member.node)),
                Value::Array(items) => items.iter().any(outside),
                _ => false,
            }
    }
    outside(&document.root)
}

/// Where the value at a JSON pointer stands: a container by its key. The nearest
/// value around it where there is none.
#[must_use]
pub fn position(document: &Document, pointer: &str) -> Position {
    let mut node = &document.root;
    let mut at = node.at;
    for segment in pointer.split('/').skip(1) {
        let key = target::unescape(segment);
        match &node.value {
            Value::Object(members) => {
                let Some(member) = members.get(&*key) else {
                    break;
                };
                let container = matches!(member.node.value, Value::Object(_) | Value::Array(_));
                node = &member.node;
                at = if container { member.key_at } else { node.at };
            }
            Value::Array(items) => {
                let Some(item) = key.parse::<usize>().ok().and_then(|index| items.get(index))
                else {
                    break;
                };
                node = item;
                at = node.at;
            }
            _ => break,
        }
    }
    at
}
