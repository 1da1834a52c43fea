//! What every generated MCP server links: it turns tool calls into HTTP requests.
//!
//! A generated crate is facts: tables ([`Server`]) and one plain function per tool, which states a
//! request by [`Request`]'s builder. The behaviour is here, once for all of them: encoding and
//! validating arguments, speaking MCP over stdio, TCP and unix sockets, adding credentials, sending,
//! and turning answers into tool results. Everything that a generated crate calls is synchronous
//! and not generic, so that it compiles in a fraction of a second.

mod answer;
mod args;
mod base;
mod call;
mod catalog;
mod command_line;
mod credentials;
mod drift;
mod endpoint;
mod error;
mod excerpt;
mod exchange;
mod field;
mod identity;
mod into_http;
mod limits;
mod manifest;
mod mcp;
mod message;
mod method;
mod next;
mod ordinary;
mod project;
mod request;
mod result;
mod room;
mod run;
mod sanitize;
mod scan;
mod sequence;
mod serve;
mod server;
mod shorten;
mod shown;
mod stdio;
mod strict;
mod style;
mod surviving;
mod upstream;
mod validation;
mod values;
mod view;
mod write;

pub use answer::Answer;
pub use args::{Args, Source};
pub use error::{Error, Result};
pub use field::Field;
pub use request::{Outgoing, Request, RequestBuilder};
pub use run::main;
pub use serde_json::{Value, json};
pub use server::{Action, ExtraTool, Hooks, Location, Scheme, SchemeKind, Server, Tool};
pub use style::Style;
