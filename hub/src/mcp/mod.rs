//! `/mcp`: the Model Context Protocol over HTTP, in two eras at one address.
//!
//! *Modern* is revision 2026-07-28: every request says who it is and which
//! revision it speaks, and there are no sessions. *Legacy* is 2025-03-26 to
//! 2025-11-25 (2024-11-05 is answered, too): a handshake and a session id,
//! which here is signed and holds all there is to a session. Either way any
//! replica answers any request. Only tools are offered.

mod authenticate;
mod call;
mod discover;
mod endpoint;
mod envelope;
mod era;
mod guard;
mod list;
mod listen;
mod refused;
mod reply;
mod session;

pub(crate) use endpoint::Endpoint;
pub(crate) use era::MODERN;

/// Begins the `_meta` members that the protocol reserves.
pub(crate) const META_PREFIX: &str = "io.modelcontextprotocol/";
