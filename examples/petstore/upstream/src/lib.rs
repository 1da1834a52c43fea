//! A small real pet store over HTTP, kept in SQLite: the upstream of the petstore example.
//!
//! [`serve`] answers the API of [`SPECIFICATION`] on a listener until it is told to stop. The store
//! checks every credential, keeps each caller's pets and orders apart, and says in its answers whose
//! they are, so that whoever calls it through other programs can see for whom the call arrived.

mod auth;
mod database;
mod error;
mod extract;
mod model;
mod options;
mod problem;
mod routes;
mod serve;

pub use error::Error;
pub use options::{Caller, DEMO, DemoCaller, GUEST, Options};
pub use serve::serve;

/// The API's description, OpenAPI 3.0.3 in YAML: the bytes of `examples/petstore/openapi.yaml`.
pub const SPECIFICATION: &str = include_str!("../../openapi.yaml");
