//! Reading a specification from wherever it is.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use url::Url;

use crate::client::fetch;
use crate::failure::{Failure, Result};

/// A specification as it was read, and what it is called.
#[derive(Clone, Debug)]
pub struct Spec {
    pub name: String,
    pub bytes: Arc<[u8]>,
    /// Where each line begins.
    lines: Arc<[usize]>,
}

impl Spec {
    pub fn new(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let begins = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        Self {
            name: name.to_owned(),
            lines: begins.collect(),
            bytes,
        }
    }

    /// A line, counted from 0; `None` behind the last one and where it is no text.
    pub fn line(&self, index: usize) -> Option<&str> {
        let from = *self.lines.get(index)?;
        let to = self.lines.get(index + 1).copied();
        let line = &self.bytes[from..to.unwrap_or(self.bytes.len())];
        let line = std::str::from_utf8(line).ok()?;
        Some(line.trim_end_matches(['\n', '\r']))
    }
}

/// What a file, a URL, or standard input (`-`) holds.
///
/// # Errors
/// Where there is nothing to read.
pub async fn read(source: &str) -> Result<Spec> {
    if source == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| {
            Failure::new("The specification cannot be read from standard input.").because(&error)
        })?;
        return Ok(Spec::new("standard input", bytes));
    }
    let bytes = match Url::parse(source) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => fetch(&url).await?,
        _ => file(Path::new(source))?,
    };
    Ok(Spec::new(source, bytes))
}

fn file(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        Failure::new(format!("The specification `{}` cannot be read.", path.display()))
            .because(&error)
            .hint("Give the path of a file, a URL that begins with http:// or https://, or `-` for standard input.")
    })
}
