//! The list of specifications.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use regex::Regex;
use serde::Deserialize;

/// One specification.
#[derive(Deserialize)]
pub struct Entry {
    pub name: String,
    file: String,
    bytes: u64,
}

/// The specifications whose name `only` finds, the small ones first.
pub fn read(shared: &Path, only: &str) -> Result<Vec<Entry>> {
    let file = shared.join("corpus/index.json");
    let text = fs::read(&file).with_context(|| file.display().to_string())?;
    let only = Regex::new(only)?;
    let mut entries: Vec<Entry> = serde_json::from_slice(&text)?;
    entries.retain(|entry| only.is_match(&entry.name));
    entries.sort_by_key(|entry| entry.bytes);
    Ok(entries)
}

impl Entry {
    /// The specification as a file that can be read, unpacked into `folder` where it is packed.
    pub fn file(&self, shared: &Path, folder: &Path) -> Result<PathBuf> {
        let packed = shared.join("corpus").join(&self.file);
        let Some(name) = self.file.strip_suffix(".gz") else {
            return Ok(packed);
        };
        let unpacked = folder.join(name);
        let mut content = GzDecoder::new(File::open(&packed)?);
        std::io::copy(&mut content, &mut File::create(&unpacked)?)?;
        Ok(unpacked)
    }
}
