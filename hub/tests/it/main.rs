//! The hub through its front doors: real MCP clients and raw HTTP on one side,
//! servers on unix sockets and an API on TCP on the other, with the real store
//! and vault behind.

mod admission;
mod audit;
mod calls;
mod certificates;
mod clients;
mod credentials;
mod doors;
mod egress;
mod limits;
mod operations;
mod rebinding;
mod redaction;
mod sessions;
mod tls;
mod upstream_faults;
mod users;
mod support {
    pub mod api;
    pub mod asking;
    pub mod client;
    pub mod identity;
    pub mod names;
    pub mod namespace;
    pub mod peers;
    pub mod puppet;
    pub mod upstream;
    pub mod world;
}
