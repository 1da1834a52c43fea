//! The egress broker: the only way from a server to its API, and the only
//! place where a credential meets a request.
//!
//! A server sends its request, in absolute form (RFC 9112, section 3.2.2), over
//! the socket of a *door* that is its own, together with the grant of the call
//! it works for. The broker opens the grant, checks that the request is one of
//! the operation that was granted, adds the caller's credential, and streams the
//! answer back.

mod address;
mod alert;
mod broker;
mod credential;
mod decode;
mod dial;
mod doors;
mod headers;
mod identity;
mod inject;
mod ledger;
mod limits;
mod operation;
mod prompt;
mod redact;
mod redirect;
mod refusal;
mod stream;
mod tally;
mod target;
mod timely;

pub use address::is_public as is_public_address;
pub(crate) use broker::Broker;
pub(crate) use doors::Doors;
pub use limits::EgressLimits;
