//! Has cargo compile the runtime and its dependencies.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tokio::process::Command;
use toolmill_core::Progress;

use super::command::{command, run};
use super::toolchain::Toolchain;
use crate::error::{Error, Result};

/// What cargo made.
#[derive(Default)]
pub(super) struct Libraries {
    /// For the servers: `*.rlib`.
    pub target: Vec<PathBuf>,
    /// For the compiler: macros.
    pub host: Vec<PathBuf>,
}

/// Compiles the workspace in `folder`. Only fetching crates that this machine
/// has not yet seen needs the network.
pub(super) async fn compile(
    folder: &Path,
    toolchain: &Toolchain,
    progress: &dyn Progress,
) -> Result<Libraries> {
    progress.report("fetching the runtime's dependencies");
    fetch(folder, toolchain).await?;
    let total = count(folder, toolchain).await?;
    build(folder, toolchain, total, progress).await
}

async fn fetch(folder: &Path, toolchain: &Toolchain) -> Result<()> {
    let mut log = String::new();
    let limits = &toolchain.limits;
    for offline in [&["--offline"][..], &[]] {
        let mut fetch = cargo(folder, toolchain);
        fetch
            .args(["fetch", "--target", &toolchain.host])
            .args(offline);
        let finished = run(fetch, "Fetching the runtime's dependencies", limits, |_| {}).await?;
        if finished.status.success() {
            return Ok(());
        }
        log = finished.log;
    }
    Err(Error::Fetch { log })
}

/// How many crates there are to compile.
async fn count(folder: &Path, toolchain: &Toolchain) -> Result<usize> {
    let mut crates = BTreeSet::new();
    let mut tree = cargo(folder, toolchain);
    tree.args(["tree", "--offline", "--prefix=none", "--edges=normal,build"])
        .args(["--target", &toolchain.host, "--format={p}"]);
    let finished = run(
        tree,
        "Counting the runtime's dependencies",
        &toolchain.limits,
        |line| {
            crates.insert(line.trim_end_matches(" (*)").to_owned());
        },
    )
    .await?;
    if finished.status.success() {
        Ok(crates.len())
    } else {
        Err(Error::Fetch { log: finished.log })
    }
}

async fn build(
    folder: &Path,
    toolchain: &Toolchain,
    total: usize,
    progress: &dyn Progress,
) -> Result<Libraries> {
    let mut build = cargo(folder, toolchain);
    build
        .args(["build", "--release", "--offline"])
        .args(["--target", &toolchain.host])
        .arg("--message-format=json-render-diagnostics")
        .env("RUSTFLAGS", toolchain.target_flags());
    let for_target = folder.join("target").join(&toolchain.host);
    let mut libraries = Libraries::default();
    let mut done = BTreeSet::new();
    let finished = run(build, "The runtime", &toolchain.limits, |line| {
        let Some(artifact) = Artifact::read(line) else {
            return;
        };
        libraries.add(artifact.filenames, &for_target);
        if done.insert(artifact.package_id) && !artifact.fresh {
            progress.report(&format!(
                "compiling the runtime, crate {} of {total}: {} (only the first time)",
                done.len().min(total),
                artifact.target.name
            ));
        }
    })
    .await?;
    if finished.status.success() {
        return Ok(libraries);
    }
    Err(Error::Compile {
        what: "The runtime".to_owned(),
        log: finished.log,
    })
}

impl Libraries {
    fn add(&mut self, files: Vec<PathBuf>, for_target: &Path) {
        for file in files {
            let extension = file.extension().and_then(|extension| extension.to_str());
            if extension == Some("rlib") && file.starts_with(for_target) {
                self.target.push(file);
            } else if extension == Some(std::env::consts::DLL_EXTENSION) {
                self.host.push(file);
            }
        }
    }
}

/// Settings of the user's own builds must not reach this one: wrappers, flags
/// and another target folder would change what is made, or where.
fn cargo(folder: &Path, toolchain: &Toolchain) -> Command {
    let mut cargo = command(&toolchain.cargo);
    cargo
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTC", &toolchain.rustc)
        .env("RUSTC_WRAPPER", "")
        .env("RUSTC_WORKSPACE_WRAPPER", "")
        .env("RUSTFLAGS", "");
    cargo
}

/// Cargo's news of a finished crate (the Cargo book, external tools, artifact messages).
#[derive(Deserialize)]
struct Artifact {
    reason: String,
    package_id: String,
    target: Target,
    filenames: Vec<PathBuf>,
    /// It was there before.
    fresh: bool,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Artifact {
    fn read(line: &str) -> Option<Self> {
        let artifact: Self = serde_json::from_str(line).ok()?;
        let script = artifact
            .target
            .kind
            .iter()
            .any(|kind| kind == "custom-build");
        (artifact.reason == "compiler-artifact" && !script).then_some(artifact)
    }
}
