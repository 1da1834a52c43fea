//! All the SQL of Toolmill: the adapters behind [`toolmill_core::Store`].
//!
//! Statements are literals, and each takes the tenant (and, where it is about
//! somebody's own, the user) from the caller's context; only what the ports
//! give a [`toolmill_core::SystemCtx`] looks across tenants. What a user may
//! see is decided in one place, the view `visible_apis` of the migrations: an
//! API that is not there is not told apart from one of somebody else.

mod chain;
mod error;
mod sqlite;
mod tools;
mod words;

pub use sqlite::SqliteStore;
