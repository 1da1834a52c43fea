//! `runtime/Cargo.lock`: the versions of this workspace's lock file, as cargo writes them for the
//! runtime alone. Generated crates are locked to it, and it has to be what cargo itself would
//! write, or `cargo build --locked` refuses it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Writes it; with `check`, only says where it is not up to date.
pub fn lock(root: &Path, check: bool) -> Result<()> {
    let file = root.join("runtime/Cargo.lock");
    let lock = of_the_runtime(root)?;
    if !check {
        return fs::write(&file, lock).with_context(|| file.display().to_string());
    }
    if fs::read_to_string(&file).ok().as_deref() != Some(&lock) {
        bail!("`runtime/Cargo.lock` is stale; `cargo xtask golden` refreshes it");
    }
    Ok(())
}

fn of_the_runtime(root: &Path) -> Result<String> {
    let alone = tempfile::tempdir()?;
    let alone = alone.path();
    fs::create_dir(alone.join("src"))?;
    fs::write(alone.join("src/lib.rs"), "")?;
    fs::copy(root.join("runtime/Cargo.toml"), alone.join("Cargo.toml"))?;
    fs::copy(root.join("Cargo.lock"), alone.join("Cargo.lock"))?;
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--quiet"])
        .current_dir(alone)
        .output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(fs::read_to_string(alone.join("Cargo.lock"))?)
}
