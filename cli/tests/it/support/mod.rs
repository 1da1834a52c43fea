//! Spawning `toolmill` and talking to it.

pub mod clients;
pub mod instance;
pub mod needs;
pub mod node;
pub mod python;
pub mod recorder;
pub mod served;
pub mod toolmill;

pub use instance::Instance;
pub use toolmill::{Home, Output, finish};

/// The example's specification.
pub const PETSTORE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/petstore/openapi.yaml"
);
