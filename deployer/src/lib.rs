//! build and deploy: a generated crate becomes a static binary, and the binary
//! a confined server that is there when it is called.

mod build;
mod engine;
mod error;
mod fleet;
mod kernel;
mod spawn;

pub use build::{
    BuildLimits, CrateBuilder, Linker, Toolchain, crate_lock, runtime_lock, runtime_source,
};
pub use engine::{
    Connected, DockerEngine, EngineChoice, ProcessEngine, ServerLimits, SocketDirs, connect,
    default_run_root,
};
pub use error::Error;
pub use fleet::{Fleet, Rest};
