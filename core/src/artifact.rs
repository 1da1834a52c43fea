//! What a build takes and gives.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A generated crate, ready to be built.
#[derive(Clone, Debug)]
pub struct BuildJob {
    /// The crate's package name, `<slug>-mcp`.
    pub package: String,
    /// Path within the crate → content, without `runtime/`.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// A static binary that serves one version of an API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Hash of everything the binary depends on (sources, options, generator
    /// version, runtime, toolchain): lower-case hex. An artifact with the same
    /// key is never built twice.
    pub key: String,
    /// SHA-256 of the binary, lower-case hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Where the binary is on the machine that built it.
    pub binary: PathBuf,
}

/// Hears what a long step is doing.
pub trait Progress: Send + Sync {
    fn report(&self, message: &str);
}

/// Hears nothing.
pub struct Quiet;

impl Progress for Quiet {
    fn report(&self, _message: &str) {}
}
