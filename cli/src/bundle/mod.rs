//! Specifications of several files: which are read, and what comes of them.
//!
//! The bundling itself is the generator's; here is what a document may make
//! this machine read. Files count only within a folder, links followed; the
//! network only where somebody allowed it.

mod files;
mod findings;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toolmill_generator::bundle::{
    self as generator, Files, Lacking, Needs, Origins, Reason, Unresolved, position,
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
}

#[derive(Clone, Debug)]
struct Part {
    spec: Spec,
    document: Arc<Document>,
}

/// The files that a document was made of.
#[derive(Debug)]
pub struct Parts {
    origins: Origins,
    files: HashMap<Url, Part>,
}

impl Parts {
    /// The file that a finding is about, and the finding with its place there.
    pub fn locate(&self, finding: &Diagnostic) -> Option<(&Spec, Diagnostic)> {
        let target = self.origins.find(&finding.pointer)?;
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
pub async fn bundle(spec: Spec, policy: &Policy, limits: &Limits) -> Result<Bundle> {
    // Standard input has no place that anything could be relative to.
    let nowhere = || Url::parse("stdin:").map_err(|error| Failure::new("No URL.").because(&error));
    let root = match (&spec.url, &policy.root) {
        (Some(url), _) => url.clone(),
        (None, Some(folder)) => files::folder_url(folder)?,
        (None, None) => nowhere()?,
    };
    let name = spec.name.clone();
    let mut gathered = Gathered::of(root.clone(), spec, policy, limits)?;
    let mut needs = Needs::of(&root);
    let bundled = loop {
        let mut lacking = needs.lacking(&gathered.files);
        while !lacking.is_empty() {
            gathered.bring(&lacking).await?;
            lacking = needs.lacking(&gathered.files);
        }
        let bundled = generator::bundle(&root, &gathered.files, limits);
        if bundled.lacking.is_empty() || bundled.unresolved.iter().any(is_too_large) {
            break bundled;
        }
        gathered.bring(&bundled.lacking).await?;
    };
    let bytes = format!("{:#}\n", bundled.document).into_bytes();
    let files = gathered.parts.len();
    let parts = Parts {
        origins: bundled.origins,
        files: gathered.parts,
    };
    Ok(Bundle {
        files,
        spec: Spec::bundled(&name, bytes, parts),
        unresolved: bundled.unresolved,
        refusals: gathered.reader.refusals,
    })
}

fn is_too_large(unresolved: &Unresolved) -> bool {
    unresolved.reason == Reason::TooLarge
}

/// The files that are at hand.
struct Gathered<'p> {
    reader: files::Reader<'p>,
    limits: &'p Limits,
    files: Files,
    parts: HashMap<Url, Part>,
    bytes: usize,
}

impl<'p> Gathered<'p> {
    fn of(root: Url, spec: Spec, policy: &'p Policy, limits: &'p Limits) -> Result<Self> {
        let mut gathered = Self {
            reader: files::Reader::new(policy, &root, limits),
            limits,
            files: Files::default(),
            parts: HashMap::new(),
            bytes: 0,
        };
        gathered.add(root, spec)?;
        Ok(gathered)
    }

    /// Reads what is lacking, as far as it may be.
    async fn bring<'l>(
        &mut self,
        lacking: impl IntoIterator<Item = (&'l Url, &'l Lacking)>,
    ) -> Result<()> {
        for (url, Lacking { by }) in lacking {
            match self.reader.read(url, by).await? {
                Some(spec) => self.add(url.clone(), spec)?,
                None => self.files.lose(url.clone()),
            }
            within_limits(self.files.len(), self.bytes)?;
        }
        Ok(())
    }

    fn add(&mut self, url: Url, spec: Spec) -> Result<()> {
        let document = Arc::new(parsed(&spec, self.limits)?);
        let base = spec.url.clone().unwrap_or_else(|| url.clone());
        self.bytes += spec.bytes.len();
        self.files.add(url.clone(), base, Arc::clone(&document));
        self.parts.insert(url, Part { spec, document });
        Ok(())
    }
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
