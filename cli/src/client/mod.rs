//! How commands talk to a running instance: its REST interface, and the hub as
//! any MCP client would.

mod fetch;
mod mcp;
mod rest;

pub use fetch::{Fetched, Reach, fetch};
pub use mcp::{CallToolResult, ContentBlock, JsonObject, McpClient};
pub use rest::Instance;
