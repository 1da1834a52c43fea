//! Reading a specification from wherever it is.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use toolmill_core::Diagnostic;
use toolmill_generator::Limits;
use url::Url;

use crate::bundle::Parts;
use crate::client::{Reach, fetch};
use crate::failure::{Code, Exit, Failure, Result};
use crate::limits::size;

/// A specification as it was read, and what it is called.
#[derive(Clone, Debug)]
pub struct Spec {
    pub name: String,
    pub bytes: Arc<[u8]>,
    /// Where it is; `None` for standard input.
    pub url: Option<Url>,
    /// Where each line begins.
    lines: Arc<[usize]>,
    /// The files that it was bundled of.
    parts: Option<Arc<Parts>>,
}

/// A finding, and the file that its line and column are in, where there are several.
#[derive(Clone, Debug, Serialize)]
pub struct Located {
    #[serde(flatten)]
    pub finding: Diagnostic,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
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
            url: None,
            parts: None,
        }
    }

    #[must_use]
    pub fn at(self, url: Option<Url>) -> Self {
        Self { url, ..self }
    }

    /// One document of several files.
    pub fn bundled(name: &str, bytes: Vec<u8>, parts: Parts) -> Self {
        Self {
            parts: Some(Arc::new(parts)),
            ..Self::new(name, bytes)
        }
    }

    /// The same specification in other words, in which everything has its place.
    pub fn changed(&self, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            parts: self.parts.clone(),
            ..Self::new(&format!("{} as changed", self.name), bytes)
        }
    }

    /// The text that a finding is about, and the finding with its place there.
    pub fn locate(&self, finding: &Diagnostic) -> (&Self, Diagnostic) {
        let part = self.parts.as_ref().and_then(|parts| parts.locate(finding));
        part.unwrap_or_else(|| (self, finding.clone()))
    }

    /// Findings as machines get them.
    pub fn located<'a>(&self, found: impl IntoIterator<Item = &'a Diagnostic>) -> Vec<Located> {
        let located = found.into_iter().map(|finding| {
            let (spec, finding) = self.locate(finding);
            let file = self.parts.is_some().then(|| spec.name.clone());
            Located { finding, file }
        });
        located.collect()
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
/// Where there is nothing to read, or more than is taken.
pub async fn read(source: &str, limits: &Limits) -> Result<Spec> {
    let most = limits.document_bytes;
    if source == "-" {
        let bytes = at_most(std::io::stdin(), most).map_err(|error| {
            Failure::new("The specification cannot be read from standard input.").because(&error)
        })?;
        let bytes = bytes.ok_or_else(|| too_large("The specification", most))?;
        return Ok(Spec::new("standard input", bytes));
    }
    match Url::parse(source) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            let fetched = fetch(&url, Reach::Anywhere, most).await?;
            Ok(Spec::new(source, fetched.bytes).at(Some(fetched.url)))
        }
        Ok(url) if source.contains("://") && url.scheme() != "file" => Err(Failure::new(format!(
            "`{source}` is of the scheme `{}`, which is not read.",
            url.scheme()
        ))
        .hint(SOURCES)),
        parsed => {
            let from_url = parsed.ok().filter(|url| url.scheme() == "file");
            let from_url = from_url.and_then(|url| url.to_file_path().ok());
            let path = from_url.as_deref().unwrap_or_else(|| Path::new(source));
            let url = std::path::absolute(path).ok();
            let url = url.and_then(|path| Url::from_file_path(path).ok());
            Ok(Spec::new(source, file(path, most)?).at(url))
        }
    }
}

/// What may be read.
const SOURCES: &str = "Give the path of a file, a URL that begins with http:// or https://, or `-` for standard input.";

/// All that `from` gives; `None` where that is more than `most` bytes.
///
/// # Errors
/// Where it cannot be read.
pub fn at_most(from: impl Read, most: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = from.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok((read <= most).then_some(bytes))
}

/// `what` is larger than the limits allow.
pub fn too_large(what: &str, most: usize) -> Failure {
    Failure {
        exit: Exit::Specification,
        ..Failure::new(format!("{what} is larger than {}.", size(most)))
    }
    .code(Code::UnusableSpecification)
    .hint("Split it, or raise `specification.bytes`; `toolmill limits` says how.")
}

fn file(path: &Path, most: usize) -> Result<Vec<u8>> {
    let read = std::fs::File::open(path).and_then(|file| at_most(file, most));
    let bytes = read.map_err(|error| {
        let hint = match error.kind() {
            ErrorKind::IsADirectory => "Name the file in it that the others are referred to from.",
            _ => SOURCES,
        };
        Failure::new(format!(
            "The specification `{}` cannot be read.",
            path.display()
        ))
        .because(&error)
        .hint(hint)
    })?;
    let what = || format!("The specification `{}`", path.display());
    bytes.ok_or_else(|| too_large(&what(), most))
}

/// Refuses to read standard input for several things: the first would get it all.
///
/// # Errors
/// Where `-` is among `sources` more than once.
pub fn once<'a>(sources: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let dashes = sources.into_iter().filter(|source| *source == "-");
    if dashes.count() < 2 {
        return Ok(());
    }
    Err(Failure {
        exit: Exit::Usage,
        ..Failure::new("Standard input can be read once only.")
    }
    .code(Code::Usage)
    .hint("Give `-` for one of the documents, and files for the others."))
}
