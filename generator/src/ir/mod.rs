//! An API as plain data: what [`crate::lower`] gives and [`crate::render`] takes.
//!
//! Everything is named in the words of OpenAPI. Names that come from the
//! specification travel together with the names made from them.

mod body;
mod parameter;
mod schema;
mod security;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use body::{Body, BodyContent, BodyForm, Field, FieldStyle, PartHeader};
pub use parameter::{Location, Parameter, Style};
pub use schema::{Input, Output};
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

/// The methods that can make tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Patch,
    /// Safe, with a body that says what is asked for (OpenAPI 3.2).
    Query,
    Head,
    Options,
    Trace,
}

impl Method {
    pub const ALL: [Self; 9] = [
        Self::Get,
        Self::Put,
        Self::Post,
        Self::Delete,
        Self::Patch,
        Self::Query,
        Self::Head,
        Self::Options,
        Self::Trace,
    ];

    /// As a Path Item Object has it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Post => "post",
            Self::Delete => "delete",
            Self::Patch => "patch",
            Self::Query => "query",
            Self::Head => "head",
            Self::Options => "options",
            Self::Trace => "trace",
        }
    }

    /// As HTTP has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Patch => "PATCH",
            Self::Query => "QUERY",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Trace => "TRACE",
        }
    }

    /// Whether it makes a tool unasked: what HEAD, OPTIONS and TRACE tell is of the
    /// exchange, and not what an API is called for.
    #[must_use]
    pub fn is_usual(self) -> bool {
        !matches!(self, Self::Head | Self::Options | Self::Trace)
    }

    /// Whether calling it changes nothing (RFC 9110, section 9.2.1).
    #[must_use]
    pub fn is_safe(self) -> bool {
        !matches!(self, Self::Put | Self::Post | Self::Delete | Self::Patch)
    }

    /// Whether calling it twice is like calling it once (RFC 9110, section 9.2.2).
    #[must_use]
    pub fn is_idempotent(self) -> bool {
        self.is_safe() || matches!(self, Self::Put | Self::Delete)
    }

    /// Whether calling it may take away what was there: a replaced, changed or
    /// removed resource is gone, while POST usually adds one.
    #[must_use]
    pub fn is_destructive(self) -> bool {
        matches!(self, Self::Put | Self::Delete | Self::Patch)
    }
}
