//! The pet store through its front door: real sockets, real HTTP, a database file for each test.

mod auth;
mod isolation;
mod lifecycle;
mod orders;
mod pets;
mod specification;
mod store;
mod support;
