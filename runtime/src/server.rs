//! The static tables of which a generated server consists.

use serde_json::Value;

use crate::{Answer, Args, Outgoing, Request, Result};

/// A generated server: everything in it is known when it is compiled.
#[derive(Debug)]
pub struct Server {
    /// The API's short name; the program is called `<slug>-mcp`.
    pub slug: &'static str,
    /// The text of `tools.json`: names, descriptions and schemas of the tools, read when first needed.
    pub manifest: &'static str,
    /// The security schemes that the API declares.
    pub security: &'static [Scheme],
    /// One entry for each tool of the manifest.
    pub tools: &'static [Tool],
    /// What the crate's owner added by hand.
    pub hooks: Hooks,
}

/// One tool: its name in the manifest and the function that states its request.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    /// The name, as in the manifest.
    pub name: &'static str,
    /// States the HTTP request that a call with these arguments stands for.
    pub request: fn(&Args<'_>) -> Result<Request>,
}

/// A security scheme (OpenAPI, Security Scheme Object).
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    /// The name under which the API declares it.
    pub name: &'static str,
    /// The environment variable that holds its credential when the server runs alone.
    pub environment: &'static str,
    /// How the credential is sent.
    pub kind: SchemeKind,
}

/// How a credential is sent.
#[derive(Debug, Clone, Copy)]
pub enum SchemeKind {
    /// As it is, in a header, a query parameter or a cookie.
    ApiKey {
        /// Where it goes.
        location: Location,
        /// The name of the header, parameter or cookie.
        name: &'static str,
    },
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer,
    /// `Authorization: Basic …`, the credential being `user:password` (RFC 7617).
    Basic,
    /// `Authorization: <scheme> …`, the credential being all that follows.
    Http {
        /// The authentication scheme's name.
        scheme: &'static str,
    },
    /// A client certificate, shown when a connection to the API is made. The credential names a PEM
    /// file with the certificate and its key, or two such files with a comma between them.
    MutualTls,
}

/// Where an API key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// A header.
    Header,
    /// A query parameter.
    Query,
    /// A cookie.
    Cookie,
}

/// What the owner of a generated crate adds by hand, in `src/extra.rs`.
#[derive(Debug, Clone, Copy)]
pub struct Hooks {
    /// Sees every request before it is sent and may change or refuse it.
    pub before: Option<fn(&mut Outgoing) -> Result<()>>,
    /// Sees every answer before it becomes a tool result and may change or refuse it.
    pub after: Option<fn(&mut Answer) -> Result<()>>,
    /// Tools beside the generated ones. One of the same name takes the generated one's place.
    pub tools: &'static [ExtraTool],
}

impl Hooks {
    /// No hand-written part.
    pub const NONE: Self = Self {
        before: None,
        after: None,
        tools: &[],
    };
}

/// A tool written by hand.
#[derive(Debug, Clone, Copy)]
pub struct ExtraTool {
    /// Its name.
    pub name: &'static str,
    /// A JSON object with the tool's `title`, `description`, `inputSchema` and, if wanted,
    /// `outputSchema` and `annotations`.
    pub definition: &'static str,
    /// What a call does.
    pub action: Action,
}

/// What a call of a hand-written tool does.
#[derive(Debug, Clone, Copy)]
pub enum Action {
    /// Sends a request to the API.
    Request(fn(&Args<'_>) -> Result<Request>),
    /// Answers by itself.
    Value(fn(&Args<'_>) -> Result<Value>),
}
