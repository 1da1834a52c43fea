//! The programs that a server is measured beside, each a process of its own.

mod api;
mod floor;
mod http;

pub use api::{ANSWER_BYTES, EXPECTED, api};
pub use floor::floor;

/// The same server by FastMCP.
pub const FASTMCP: &str = include_str!("fastmcp.py");
