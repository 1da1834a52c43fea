//! From an API specification to the files of an MCP server crate.
//!
//! Three verbs, each a pure function of its input: [`parse`] reads bytes into one
//! positioned value tree, [`lower`] turns that into plain data ([`ir::Api`]), and
//! [`render`] writes the data down as Rust sources, schemas and texts.
//! [`generate`] says the three in one breath. Nothing here touches the disk, the
//! clock or the network, so the same specification gives the same bytes anywhere.
//!
//! What a specification says wrongly costs a [`Diagnostic`] with its place, and
//! at most the operation it belongs to; the rest works.

pub mod bundle;
mod compare;
mod diagnostic;
mod dialect;
mod document;
mod files;
mod generate;
pub mod ir;
mod limits;
mod lint;
mod lock;
mod lower;
mod names;
mod options;
mod overlay;
mod render;
mod selection;
mod text;
mod wire;
mod words;

pub use compare::{Change, ChangeKind, Comparison, Part, Requests, compare, compare_with_requests};
pub use diagnostic::Diagnostics;
pub use document::{
    Broken, Document, Member, Node, Object, Position, Resolved, Value, json_number, parse,
};
pub use files::FileSet;
pub use generate::generate;
pub use limits::Limits;
pub use lint::{Client, Linted, Verdict, lint};
pub use lock::hashes;
pub use lower::{Lowered, lower};
pub use options::{Options, SchemaProfile};
pub use overlay::{Overlaid, be_strict, hide, overlay};
pub use render::{manifest, render};
pub use selection::{Rule, RuleError, Selection};
pub use toolmill_core::{Diagnostic, Manifest, Severity};
