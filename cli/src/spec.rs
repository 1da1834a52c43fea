//! Reading a specification from wherever it is.

use std::io::Read;
use std::path::Path;

use url::Url;

use crate::client::fetch;
use crate::failure::{Failure, Result};

/// The bytes of a file, a URL, or standard input (`-`).
///
/// # Errors
/// Where there is nothing to read.
pub async fn read(source: &str) -> Result<Vec<u8>> {
    if source == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| {
            Failure::new("The specification cannot be read from standard input.").because(&error)
        })?;
        return Ok(bytes);
    }
    match Url::parse(source) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => fetch(&url).await,
        _ => file(Path::new(source)),
    }
}

fn file(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        Failure::new(format!("The specification `{}` cannot be read.", path.display()))
            .because(&error)
            .hint("Give the path of a file, a URL that begins with http:// or https://, or `-` for standard input.")
    })
}
