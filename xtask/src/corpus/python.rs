//! The Python that the evaluator and FastMCP run in.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::succeed;

/// The interpreter of an environment with what is needed, made where it is missing.
pub fn prepare(work: &Path, with_peer: bool) -> Result<PathBuf> {
    let folder = work.join("python");
    let python = folder.join("bin/python");
    let mut modules = vec!["mcp", "jsonschema", "yaml"];
    let mut packages = vec!["mcp==2.3.0", "jsonschema==4.26.0", "pyyaml==6.0.3"];
    if with_peer {
        modules.push("fastmcp");
        packages.push("fastmcp==4.1.2");
    }
    let import = format!("import {}", modules.join(", "));
    let there = Command::new(&python).args(["-c", &import]).output();
    if there.is_ok_and(|output| output.status.success()) {
        return Ok(python);
    }
    succeed(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    succeed(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(packages),
    )?;
    Ok(python)
}
