//! What MCP clients and APIs see of a server on the runtime: every test starts the server as a
//! process of its own and looks at real bytes on real sockets.

mod answers;
mod bodies;
mod clients;
mod command_line;
mod credentials;
mod exchanges;
mod http_side;
mod large;
mod later;
mod limits;
mod pages;
mod platform;
mod requests;
mod styles;
mod support;
mod tls;
mod twice;
mod under_way;
mod validation;
