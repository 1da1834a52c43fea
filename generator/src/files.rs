//! What rendering gives.

use std::collections::BTreeMap;

use toolmill_core::Manifest;

use crate::diagnostic::Diagnostics;

/// The files of a generated crate, ready to be written somewhere.
#[derive(Clone, Debug)]
pub struct FileSet {
    /// The crate's package name, `<slug>-mcp`.
    pub package: String,
    /// Path within the crate, with `/` → content.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What `tools.json` says.
    pub manifest: Manifest,
    /// What the specification could not have as it is.
    pub diagnostics: Diagnostics,
}

impl FileSet {
    /// Files that belong to the user once written: they are no reason to call an
    /// output stale, and a later output never replaces them.
    pub const KEPT: [&'static str; 2] = ["Cargo.lock", "src/extra.rs"];

    /// The folder of the runtime's sources within the crate.
    pub const RUNTIME: &'static str = "runtime/";

    /// The files without the runtime's sources, for a build that has its own.
    #[must_use]
    pub fn without_runtime(&self) -> BTreeMap<String, Vec<u8>> {
        let own = |path: &str| !path.starts_with(Self::RUNTIME);
        self.files
            .iter()
            .filter(|(path, _)| own(path))
            .map(|(path, bytes)| (path.clone(), bytes.clone()))
            .collect()
    }
}
