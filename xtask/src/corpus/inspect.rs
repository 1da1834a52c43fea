//! Whether `@modelcontextprotocol/inspector` accepts each server's list of tools.

use std::fs;
use std::process::Command;

use anyhow::Result;
use serde::Deserialize;

use super::{Places, succeed};

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
    succeed(
        Command::new(places.root.join(".ci/inspect"))
            .arg(&places.toolmill)
            .arg(&found)
            .arg(only)
            .env("TOOLMILL_SHARED", &places.shared),
    )?;
    Ok(serde_json::from_slice(&fs::read(found)?)?)
}
