//! Specifications of several files: which are read, and what comes of them.
//!
//! The bundling itself is the generator's; here is what a document may make
//! this machine read. Files count only within a folder, links followed; the
//! network only where somebody allowed it.

mod files;
mod findings;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use toolmill_generator::bundle::{
    self as generator, Files, Lacking, Origin, Reason, Unresolved, position,
};
use toolmill_generator::{Diagnostic, Document, Limits};
use url::Url;

use crate::document::parsed;
use crate::failure::{Failure, Result};
use crate::spec::Spec;

/// What may be read.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The folder that files have to be in; `None` for no files.
    pub root: Option<PathBuf>,
    /// Whether any public host may be asked.
    pub public: bool,
    /// Hosts that may be asked, wherever they are.
    pub hosts: Vec<String>,
}

impl Policy {
    /// Files beside the specification and below.
    pub fn beside(spec: &Spec) -> Self {
        let file = spec.url.as_ref().and_then(|url| url.to_file_path().ok());
        Self {
            root: file.and_then(|file| file.parent().map(Path::to_owned)),
            ..Self::default()
        }
    }
}

/// Why a file was not read, and what to do.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub message: String,
    pub hint: String,
}

/// One document of several files.
pub struct Bundle {
    pub spec: Spec,
    /// How many files it was made of.
    pub files: usize,
    unresolved: Vec<Unresolved>,
    refusals: HashMap<Url, Refusal>,
    parts: HashMap<Url, Part>,
}

#[derive(Clone, Debug)]
struct Part {
    spec: Spec,
    document: Document,
}

/// The files that a document was made of.
#[derive(Debug)]
pub struct Parts {
    origins: Vec<Origin>,
    files: HashMap<Url, Part>,
}

impl Parts {
    /// The file that a finding is about, and the finding with its place there.
    pub fn locate(&self, finding: &Diagnostic) -> Option<(&Spec, Diagnostic)> {
        let target = generator::origin(&self.origins, &finding.pointer)?;
        let Part { spec, document } = self.files.get(&target.url)?;
        let at = position(document, &target.pointer);
        let finding = Diagnostic {
            line: at.line,
            column: at.column,
            pointer: target.pointer,
            ..finding.clone()
        };
        Some((spec, finding))
    }
}

/// Files that one document may be made of.
const MAX_FILES: usize = 1_000;
/// Bytes of all of them.
const MAX_BYTES: usize = 64 << 20;

/// Makes one document of a specification and the files it refers to.
///
/// # Errors
/// Where a file that may be read is no JSON or YAML, or there is too much.
pub async fn bundle(spec: Spec, policy: &Policy) -> Result<Bundle> {
    let limits = Limits::default();
    // Standard input has no place that anything could be relative to.
    let nowhere = || Url::parse("stdin:").map_err(|error| Failure::new("No URL.").because(&error));
    let root = match (&spec.url, &policy.root) {
        (Some(url), _) => url.clone(),
        (None, Some(folder)) => files::folder_url(folder)?,
        (None, None) => nowhere()?,
    };
    let mut reader = files::Reader::new(policy, &root);
    let name = spec.name.clone();
    let mut bytes = spec.bytes.len();
    let document = parsed(&spec)?;
    let mut files = Files::from([(root.clone(), Some(document.clone()))]);
    let mut parts = HashMap::from([(root.clone(), Part { spec, document })]);
    let bundled = loop {
        let bundled = generator::bundle(&root, &files, &limits);
        let too_large = |unresolved: &Unresolved| unresolved.reason == Reason::TooLarge;
        if bundled.lacking.is_empty() || bundled.unresolved.iter().any(too_large) {
            break bundled;
        }
        for (url, Lacking { by }) in &bundled.lacking {
            let part = match reader.read(url, by).await? {
                Some(spec) => Some(Part {
                    document: parsed(&spec)?,
                    spec,
                }),
                None => None,
            };
            files.insert(url.clone(), part.as_ref().map(|part| part.document.clone()));
            bytes += part.as_ref().map_or(0, |part| part.spec.bytes.len());
            parts.extend(part.map(|part| (url.clone(), part)));
            within_limits(files.len(), bytes)?;
        }
    };
    let bytes = format!("{:#}\n", bundled.document).into_bytes();
    let unresolved = bundled.unresolved.clone();
    let files = Parts {
        origins: bundled.into_origins(),
        files: parts.clone(),
    };
    Ok(Bundle {
        files: parts.len(),
        spec: Spec::bundled(&name, bytes, files),
        unresolved,
        refusals: reader.refusals,
        parts,
    })
}

fn within_limits(files: usize, bytes: usize) -> Result<()> {
    if files <= MAX_FILES && bytes <= MAX_BYTES {
        return Ok(());
    }
    Err(Failure::new(format!(
        "The specification is of more than {MAX_FILES} files or {} MiB.",
        MAX_BYTES >> 20
    ))
    .hint("Bundle it with another tool, and give the result to Toolmill."))
}
