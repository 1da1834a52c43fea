//! `toolmill generate SPEC -o DIR`.

use std::sync::Arc;

use serde_json::json;
use toolmill_core::Slug;
use toolmill_deployer::{crate_lock, runtime_source};
use toolmill_generator::{Document, FileSet, Lowered, Options};

use super::surface::Surface;
use super::{Context, diff, stale};
use crate::args::{Generate, Source};
use crate::document::{Opened, open, unusable};
use crate::failure::Result;
use crate::output::{Folder, Plan};
use crate::shell::quoted;
use crate::spec::Spec;
use crate::ui::counted;
use crate::{output, ui};

pub async fn generate(context: &Context, args: Generate) -> Result<()> {
    let opened = open(&args.source, context.limits()?.specification).await?;
    let folder = Folder::open(&args.output)?;
    let files = crate_of(
        &opened,
        args.name.as_ref(),
        folder.lock.clone(),
        &args.source,
    )?;
    if args.check {
        return stale::check(context, &folder, &files);
    }
    if args.diff {
        let [before, after] = [
            Surface::generated(&folder, &opened.limits)?,
            Surface::of(&files, &opened.limits),
        ];
        return diff::report(context, &before, &after, args.report());
    }
    let plan = output::write(&folder, &files)?;
    report(context, &opened.spec, &folder, &files, &plan);
    Ok(())
}

fn report(context: &Context, spec: &Spec, folder: &Folder, files: &FileSet, plan: &Plan) {
    let tools = files.manifest.tools.len();
    let name = folder.path.display();
    if context.json {
        ui::json(&json!({
            "package": files.package,
            "folder": name.to_string(),
            "tools": tools,
            "files": files.files.len(),
            "written": plan.to_write().count(),
            "removed": plan.obsolete,
            "edited": plan.edited,
            "abandoned": plan.abandoned,
            "diagnostics": spec.located(&files.diagnostics),
        }));
        return;
    }
    ui::show_some_findings(&files.diagnostics, spec);
    for path in &plan.obsolete {
        ui::note(format!("`{path}` is no longer generated, and was removed."));
    }
    for path in &plan.edited {
        ui::warn(format!("`{path}` was edited by hand and stays as it is."));
    }
    for path in &plan.abandoned {
        ui::warn(format!(
            "`{path}` is no longer generated; it was edited by hand and stays."
        ));
    }
    let tools = counted(tools, "tool");
    ui::say(format!("`{}` with {tools} is in `{name}`.", files.package));
    ui::say(format!(
        "Run it with: cd {} && cargo run -- --stdio",
        quoted(&folder.path.to_string_lossy())
    ));
}

/// All files of the crate that serves `spec`, the runtime's sources included.
///
/// # Errors
/// Where the specification cannot be used, or the name cannot be one.
pub fn crate_of(
    opened: &Opened,
    name: Option<&Slug>,
    earlier: Option<String>,
    source: &Source,
) -> Result<FileSet> {
    let (Lowered { api, diagnostics }, mut options) = lower(opened, name, earlier, source)?;
    if api.tools.is_empty() {
        let message = "The specification makes no tool.";
        return Err(unusable(message, diagnostics, &opened.spec));
    }
    options.runtime = Arc::new(runtime_source());
    options.cargo_lock = Some(crate_lock(&options.package()));
    let mut files = toolmill_generator::render(&api, &options);
    files.diagnostics = diagnostics;
    Ok(files)
}

/// The API that a document describes, and the options it was read with.
///
/// # Errors
/// Where the document cannot be used, or the name cannot be one.
pub fn lower(
    opened: &Opened,
    name: Option<&Slug>,
    earlier: Option<String>,
    source: &Source,
) -> Result<(Lowered, Options)> {
    let mut options = Options::new(slug(name, &opened.document));
    options.limits = opened.limits.clone();
    options.lock = earlier;
    options.selection = source.selection();
    options.schema_profile = source.schema_profile.into();
    let message = "The specification describes no API that can be served.";
    let mut lowered = toolmill_generator::lower(&opened.document, &options)
        .map_err(|found| unusable(message, opened.joined(found), &opened.spec))?;
    lowered.diagnostics = opened.joined(lowered.diagnostics);
    Ok((lowered, options))
}

fn slug(name: Option<&Slug>, document: &Document) -> Slug {
    let title = document
        .root
        .get("info")
        .and_then(|info| info.get_string("title"));
    match name {
        Some(name) => name.clone(),
        None => Slug::suggest(title.unwrap_or_default()),
    }
}
