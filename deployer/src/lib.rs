//! build and deploy: a generated crate becomes a static binary, and the binary
//! a confined server that is there when it is called.

mod build;
mod engine;
mod error;
mod spawn;

pub use build::{CrateBuilder, Linker, Toolchain, runtime_lock, runtime_source};
pub use engine::{ProcessEngine, SocketDirs, default_run_root};
pub use error::Error;
