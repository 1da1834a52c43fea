//! The MCP endpoint: mounts each user's tools, forwards calls, and sends upstream requests with credentials.

mod audit;
mod call;
mod clock;
mod json;
mod mcp;
mod mount;
mod pieces;
mod pool;
mod recent;
