//! A specification as commands take it: read, and with its overlays applied.

use toolmill_generator::bundle::refers_outside;
use toolmill_generator::{Diagnostics, Document, Limits, Overlaid, overlay, parse};

use crate::args::Source;
use crate::bundle::{self, Policy};
use crate::failure::{Code, Exit, Failure, Result};
use crate::spec::{self, Spec};
use crate::ui;

/// A document, and the text that its places are in.
pub struct Opened {
    pub document: Document,
    pub spec: Spec,
}

/// Reads a specification and changes it as its overlays say.
///
/// # Errors
/// Where the specification or an overlay cannot be read or used.
pub async fn open(source: &Source) -> Result<Opened> {
    let spec = one(spec::read(&source.spec).await?).await?;
    let mut document = parsed(&spec)?;
    for name in &source.overlays {
        document = overlaid(&document, &spec::read(name).await?)?;
    }
    Ok(Opened { document, spec })
}

/// The specification as one document. Files beside it that it refers to are
/// bundled; what is elsewhere stays, and is reported.
///
/// # Errors
/// Where it, or one of the files, cannot be read.
pub async fn one(spec: Spec) -> Result<Spec> {
    match parse(&spec.bytes, &Limits::default()) {
        Ok(document) if refers_outside(&document) => {}
        // Who uses it says what is wrong with it.
        _ => return Ok(spec),
    }
    let policy = Policy::beside(&spec);
    let bundle = bundle::bundle(spec, &policy).await?;
    bundle.show_unresolved();
    Ok(bundle.spec)
}

/// # Errors
/// Where the text cannot be read.
pub fn parsed(spec: &Spec) -> Result<Document> {
    parse(&spec.bytes, &Limits::default())
        .map_err(|found| unusable("The specification cannot be read.", found, spec))
}

fn overlaid(document: &Document, changes: &Spec) -> Result<Document> {
    let Overlaid {
        document,
        diagnostics,
    } = parse(&changes.bytes, &Limits::default())
        .and_then(|changes| overlay(document, &changes))
        .map_err(|found| unusable("The overlay cannot be used.", found, changes))?;
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
