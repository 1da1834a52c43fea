//! The MCP endpoint: mounts each user's tools, forwards calls, and sends
//! upstream requests with credentials.
//!
//! A call comes in through `mcp`, which speaks the protocol; `mount` knows
//! which tools a user has and where they lead; `call` forwards the request to
//! the API's server with a grant for just this call; and the server's own
//! request to its API goes through `egress`, the broker, which opens the grant,
//! adds the user's credential and dials. Nothing is remembered that the store
//! does not know, so any replica answers any request.

mod audit;
mod call;
mod clock;
mod config;
mod egress;
mod hub;
mod json;
mod mcp;
mod mount;
mod pieces;
mod pool;
mod recent;

pub use config::{HubConfig, PageLimits};
pub use egress::{EgressLimits, is_public_address};
pub use hub::Hub;
