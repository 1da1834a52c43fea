//! A specification as commands take it: read, and with its overlays applied.

use std::collections::BTreeMap;

use toolmill_generator::bundle::refers_outside;
use toolmill_generator::{Diagnostic, Diagnostics, Document, Limits, Overlaid, overlay, parse};

use crate::args::Source;
use crate::bundle::{self, Policy};
use crate::failure::{Code, Exit, Failure, Result};
use crate::spec::{self, Spec};
use crate::ui;

/// A document, and the text that its places are in.
pub struct Opened {
    pub document: Document,
    pub spec: Spec,
    /// What was found when it was made of several files.
    pub found: Vec<Diagnostic>,
    /// How much of it was read, and is taken.
    pub limits: Limits,
}

/// A specification as one document.
pub struct One {
    pub spec: Spec,
    pub found: Vec<Diagnostic>,
}

/// Reads a specification and changes it as its overlays say.
///
/// # Errors
/// Where the specification or an overlay cannot be read or used.
pub async fn open(source: &Source, limits: Limits) -> Result<Opened> {
    let overlays = source.overlays.iter().map(String::as_str);
    spec::once(overlays.chain([&*source.spec]))?;
    let spec = spec::read(&source.spec, &limits).await?;
    let One { spec, found } = one(spec, &limits).await?;
    let mut document = parsed(&spec, &limits)?;
    for name in &source.overlays {
        document = overlaid(&document, &spec::read(name, &limits).await?, &limits)?;
    }
    Ok(Opened {
        document,
        spec,
        found,
        limits,
    })
}

/// The specification as one document. Files beside it that it refers to are
/// bundled; what is elsewhere stays, and is reported.
///
/// # Errors
/// Where it, or one of the files, cannot be read, or it would be too large.
pub async fn one(spec: Spec, limits: &Limits) -> Result<One> {
    match parse(&spec.bytes, limits) {
        Ok(document) if refers_outside(&document) => {}
        // Who uses it says what is wrong with it.
        _ => {
            let found = Vec::new();
            return Ok(One { spec, found });
        }
    }
    let policy = Policy::beside(&spec);
    let bundle = bundle::bundle(spec, &policy, limits).await?;
    if let Some(failure) = bundle.too_large() {
        return Err(failure);
    }
    let found = bundle.findings();
    let spec = bundle.spec;
    Ok(One { spec, found })
}

impl Opened {
    /// What was found in the files, and then in the document of them. A reference
    /// that could not be followed is found by both: the one knows why, the other
    /// what comes of it.
    pub fn joined(&self, document: Diagnostics) -> Diagnostics {
        let mut why: BTreeMap<_, _> = self.found.iter().map(|why| (place(why), why)).collect();
        let mut all = Vec::new();
        for mut finding in document {
            if finding.code == "reference-outside"
                && let Some(why) = why.remove(place(&finding))
            {
                let hint = why.hint.as_deref().unwrap_or_default();
                finding.hint = Some(format!("{} {hint}", why.message).trim().to_owned());
            }
            all.push(finding);
        }
        all.extend(why.into_values().cloned());
        Diagnostics::new(all)
    }
}

/// Where a reference is, whether its key is named or not.
fn place(finding: &Diagnostic) -> &str {
    let pointer = &*finding.pointer;
    pointer.strip_suffix("/$ref").unwrap_or(pointer)
}

/// # Errors
/// Where the text cannot be read.
pub fn parsed(spec: &Spec, limits: &Limits) -> Result<Document> {
    parse(&spec.bytes, limits)
        .map_err(|found| unusable(&format!("`{}` cannot be read.", spec.name), found, spec))
}

fn overlaid(document: &Document, changes: &Spec, limits: &Limits) -> Result<Document> {
    let Overlaid {
        document,
        diagnostics,
    } = parse(&changes.bytes, limits)
        .and_then(|changes| overlay(document, &changes))
        .map_err(|found| {
            let message = format!("The overlay `{}` cannot be used.", changes.name);
            unusable(&message, found, changes)
        })?;
    ui::show_findings(&diagnostics, changes);
    Ok(document)
}

/// A failure for what was found in the text of `spec`.
pub fn unusable(message: &str, found: Diagnostics, spec: &Spec) -> Failure {
    Failure {
        diagnostics: found.into_vec(),
        exit: Exit::Specification,
        ..Failure::new(message)
    }
    .code(Code::UnusableSpecification)
    .within(spec)
}
