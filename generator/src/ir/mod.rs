//! An API as plain data: what [`crate::lower`] gives and [`crate::render`] takes.
//!
//! Everything is named in the words of OpenAPI. Names that come from the
//! specification travel together with the names made from them.

mod body;
mod method;
mod parameter;
mod schema;
mod security;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use body::{Body, BodyContent, BodyForm, Field, FieldStyle, PartHeader};
pub use method::Method;
pub use parameter::{Location, Parameter, Style};
pub use schema::{Input, Output, Strict};
pub use security::{Credential, Scheme};
use serde_json::Value;
use toolmill_core::{Slug, SpecFormat};

/// One API, ready to be rendered.
#[derive(Clone, Debug)]
pub struct Api {
    pub slug: Slug,
    pub title: String,
    pub version: String,
    pub description: String,
    /// Absolute or relative URLs, variables filled in with their defaults.
    pub servers: Vec<String>,
    /// In the order of their names.
    pub schemes: Vec<Scheme>,
    /// Schemas that tools share, by their names in `$defs`.
    pub definitions: BTreeMap<String, Definition>,
    /// In the order of the specification.
    pub tools: Vec<Tool>,
    pub source: Source,
}

/// The specification itself.
#[derive(Clone, Debug)]
pub struct Source {
    pub format: SpecFormat,
    pub bytes: Arc<[u8]>,
}

/// A shared schema: JSON Schema 2020-12, references as `#/$defs/NAME`.
#[derive(Clone, Debug)]
pub struct Definition {
    pub schema: Value,
    /// Names of the definitions it refers to itself.
    pub refers_to: Vec<String>,
    /// Schemas within it, those it refers to not counted.
    pub schemas: usize,
    /// Bytes of its JSON text.
    pub bytes: usize,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Tool {
    pub names: Names,
    pub title: String,
    /// For models: prose, then a line `METHOD /path`.
    pub description: String,
    /// For readers of the source: what the specification says besides the title.
    pub prose: String,
    pub method: Method,
    /// The path template as the specification has it.
    pub path: String,
    /// The first tag as written; empty where there is none.
    pub tag: String,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    /// Servers of the operation or path, where it has its own.
    pub servers: Vec<String>,
    /// Alternatives of which one is enough, each a list of schemes that must all be met.
    pub security: Vec<Vec<String>>,
    pub input: Input,
    pub output: Option<Output>,
}

impl Tool {
    /// Every definition that its schemas reach.
    pub fn definitions(&self) -> impl Iterator<Item = &String> {
        let output = self.output.iter().flat_map(|output| &output.definitions);
        self.input.definitions.iter().chain(output)
    }
}

/// What an operation is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// To MCP clients: at most 46 of `[A-Za-z0-9_-]`, unique within the API.
    pub tool: String,
    /// A Rust identifier, unique within its module.
    pub function: String,
    /// A Rust identifier: the file `src/tools/<module>.rs`.
    pub module: String,
}
