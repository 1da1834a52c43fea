//! What an API offers, of a specification or of a generated crate.

use std::path::Path;

use toolmill_core::Manifest;
use toolmill_generator::{
    Comparison, FileSet, Limits, Options, Requests, compare, compare_with_requests, parse,
};

use super::generate::lower;
use crate::args::Source;
use crate::document::open;
use crate::failure::{Code, Failure, Result};
use crate::output::Folder;

/// What clients see of an API, and what they do not.
pub struct Surface {
    pub manifest: Manifest,
    /// How its tools got their names.
    pub lock: String,
    /// How they write requests, where that is known.
    requests: Option<Requests>,
}

impl Surface {
    /// A generated crate's, or what a specification would give.
    ///
    /// # Errors
    /// Where there is neither, or it cannot be used.
    pub async fn read(source: &str, lock: Option<String>, limits: &Limits) -> Result<Self> {
        let path = Path::new(source);
        if path.is_dir() {
            return Self::generated(&Folder::open(path)?, limits);
        }
        let source = Source::whole(source);
        let opened = open(&source, limits.clone()).await?;
        let (lowered, options) = lower(&opened, None, lock, &source)?;
        let mut files = toolmill_generator::render(&lowered.api, &options);
        let lock = files.files.remove("toolmill.lock").unwrap_or_default();
        Ok(Self {
            manifest: files.manifest,
            lock: String::from_utf8_lossy(&lock).into_owned(),
            requests: Some(Requests::of(&lowered.api)),
        })
    }

    /// What is other in `after`.
    pub fn compare(&self, after: &Self) -> Comparison {
        let manifests = [&self.manifest, &after.manifest];
        match (&self.requests, &after.requests) {
            (Some(old), Some(new)) => compare_with_requests(manifests[0], manifests[1], [old, new]),
            _ => compare(manifests[0], manifests[1]),
        }
    }

    /// That of the crate in a folder.
    ///
    /// # Errors
    /// Where there is none.
    pub fn generated(folder: &Folder, limits: &Limits) -> Result<Self> {
        let manifest = manifest(folder)?;
        let lock = folder.lock.clone().unwrap_or_default();
        let source = SPECIFICATIONS
            .iter()
            .find_map(|name| std::fs::read(folder.path.join(name)).ok());
        let requests = source.and_then(|source| requests(&source, &manifest, &lock, limits));
        Ok(Self {
            manifest,
            lock,
            requests,
        })
    }

    /// That of the crate that would be written.
    pub fn of(files: &FileSet, limits: &Limits) -> Self {
        let lock = files.files.get("toolmill.lock");
        let lock = lock.map(|lock| String::from_utf8_lossy(lock).into_owned());
        let lock = lock.unwrap_or_default();
        let source = SPECIFICATIONS
            .iter()
            .find_map(|name| files.files.get(*name));
        Self {
            requests: source.and_then(|source| requests(source, &files.manifest, &lock, limits)),
            manifest: files.manifest.clone(),
            lock,
        }
    }
}

/// What crates call the specification they were made of.
const SPECIFICATIONS: [&str; 2] = ["openapi.json", "openapi.yaml"];

/// How the tools of a crate write requests, from the specification it was made of.
fn requests(source: &[u8], manifest: &Manifest, lock: &str, limits: &Limits) -> Option<Requests> {
    let mut options = Options::new(manifest.api.slug.parse().ok()?);
    options.limits = limits.clone();
    options.lock = Some(lock.to_owned());
    let document = parse(source, &options.limits).ok()?;
    let lowered = toolmill_generator::lower(&document, &options).ok()?;
    Some(Requests::of(&lowered.api))
}

fn manifest(folder: &Folder) -> Result<Manifest> {
    let path = folder.path.join("tools.json");
    let damaged = |error: &(dyn std::error::Error + 'static)| {
        Failure::new(format!("`{}` cannot be read.", path.display()))
            .because(error)
            .hint("Restore it, or generate the crate again.")
    };
    match std::fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| damaged(&error)),
        Err(error) if folder.is_generated() => Err(damaged(&error)),
        Err(_) => Err(Failure::new(format!(
            "`{}` holds no crate that Toolmill generated.",
            folder.path.display()
        ))
        .code(Code::NotGenerated)
        .hint("Name a specification, or a folder that `toolmill generate SPEC -o DIR` wrote.")),
    }
}
