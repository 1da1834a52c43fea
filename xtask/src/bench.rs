//! Runs the benchmark, compiled for speed.

use std::process::Command;

use anyhow::{Context, Result, ensure};

pub fn bench(arguments: &[String]) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--release", "--package", "toolmill-bench", "--"])
        .args(arguments)
        .status()
        .context("cargo does not start")?;
    ensure!(status.success(), "the benchmark failed");
    Ok(())
}
