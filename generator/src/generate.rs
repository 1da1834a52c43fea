//! The three verbs in one breath.

use crate::diagnostic::Diagnostics;
use crate::document::parse;
use crate::files::FileSet;
use crate::lower::lower;
use crate::options::Options;
use crate::render::render;

/// Turns the bytes of a specification into the files of an MCP server crate.
///
/// # Errors
/// What makes the document as a whole unusable. Faults of single operations are
/// among the diagnostics of the result instead.
pub fn generate(document: &[u8], options: &Options) -> Result<FileSet, Diagnostics> {
    let document = parse(document, &options.limits)?;
    let lowered = lower(&document, options)?;
    let mut files = render(&lowered.api, options);
    files.diagnostics = lowered.diagnostics;
    Ok(files)
}
