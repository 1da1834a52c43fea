//! Whether `@modelcontextprotocol/inspector` accepts each server's list of tools.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Places;

#[derive(Deserialize)]
pub struct Inspected {
    pub spec: String,
    pub tools: u32,
    exit: i32,
}

impl Inspected {
    pub fn is_clean(&self) -> bool {
        self.exit == 0 && self.tools > 0
    }
}

pub fn run(places: &Places, only: &str) -> Result<Vec<Inspected>> {
    let found = places.work.join("inspected.json");
    let _ = fs::remove_file(&found);
    let script = places.root.join(".ci/inspect");
    // It fails where a list is refused, having written down which.
    Command::new(&script)
        .arg(&places.toolmill)
        .arg(&found)
        .arg(only)
        .env("TOOLMILL_SHARED", &places.shared)
        .status()
        .with_context(|| script.display().to_string())?;
    let found = fs::read(&found).with_context(|| found.display().to_string())?;
    Ok(serde_json::from_slice(&found)?)
}
