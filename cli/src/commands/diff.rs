//! `toolmill diff OLD NEW`: how two tool surfaces differ.

use std::path::Path;

use serde_json::json;
use toolmill_core::Manifest;
use toolmill_generator::{
    Change, Comparison, FileSet, Options, Requests, compare, compare_with_requests, parse,
};

use super::Context;
use super::generate::lower;
use crate::args::{Diff, FailOn, Format, Report, Source};
use crate::document::open;
use crate::failure::{Code, Failure, Result};
use crate::output::Folder;
use crate::spec;
use crate::ui::{self, counted};

pub async fn diff(context: &Context, args: &Diff) -> Result<()> {
    spec::once([&*args.old, &args.new])?;
    let old = Surface::read(&args.old, None).await?;
    let new = Surface::read(&args.new, Some(old.lock.clone())).await?;
    report(context, &old, &new, args.report)
}

/// What clients see of an API, and what they do not.
pub struct Surface {
    pub manifest: Manifest,
    /// How its tools got their names.
    lock: String,
    /// How they write requests, where that is known.
    requests: Option<Requests>,
}

impl Surface {
    /// A generated crate's, or what a specification would give.
    async fn read(source: &str, lock: Option<String>) -> Result<Self> {
        let path = Path::new(source);
        if path.is_dir() {
            return Self::generated(&Folder::open(path)?);
        }
        let source = Source::whole(source);
        let opened = open(&source).await?;
        let (lowered, options) = lower(&opened, None, lock, &source)?;
        let mut files = toolmill_generator::render(&lowered.api, &options);
        let lock = files.files.remove("toolmill.lock").unwrap_or_default();
        Ok(Self {
            manifest: files.manifest,
            lock: String::from_utf8_lossy(&lock).into_owned(),
            requests: Some(Requests::of(&lowered.api)),
        })
    }

    /// That of the crate in a folder.
    ///
    /// # Errors
    /// Where there is none.
    pub fn generated(folder: &Folder) -> Result<Self> {
        let manifest = manifest(folder)?;
        let lock = folder.lock.clone().unwrap_or_default();
        let source = SPECIFICATIONS
            .iter()
            .find_map(|name| std::fs::read(folder.path.join(name)).ok());
        let requests = source.and_then(|source| requests(&source, &manifest, &lock));
        Ok(Self {
            manifest,
            lock,
            requests,
        })
    }

    /// That of the crate that would be written.
    pub fn of(files: &FileSet) -> Self {
        let lock = files.files.get("toolmill.lock");
        let lock = lock.map(|lock| String::from_utf8_lossy(lock).into_owned());
        let lock = lock.unwrap_or_default();
        let source = SPECIFICATIONS
            .iter()
            .find_map(|name| files.files.get(*name));
        Self {
            requests: source.and_then(|source| requests(source, &files.manifest, &lock)),
            manifest: files.manifest.clone(),
            lock,
        }
    }
}

/// What crates call the specification they were made of.
const SPECIFICATIONS: [&str; 2] = ["openapi.json", "openapi.yaml"];

/// How the tools of a crate write requests, from the specification it was made of.
fn requests(source: &[u8], manifest: &Manifest, lock: &str) -> Option<Requests> {
    let mut options = Options::new(manifest.api.slug.parse().ok()?);
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

/// Prints what changed, and fails where that is asked for.
pub fn report(context: &Context, old: &Surface, new: &Surface, how: Report) -> Result<()> {
    let comparison = match (&old.requests, &new.requests) {
        (Some(before), Some(after)) => {
            compare_with_requests(&old.manifest, &new.manifest, [before, after])
        }
        _ => compare(&old.manifest, &new.manifest),
    };
    let [old, new] = [&old.manifest, &new.manifest];
    let breaking = comparison.breaking().count();
    if context.json {
        ui::json(&json!({
            "breaking": breaking,
            "other": comparison.changes.len() - breaking,
            "tools": { "before": old.tools.len(), "after": new.tools.len() },
            "incomplete": comparison.incomplete,
            "changes": comparison.changes,
        }));
    } else if how.format == Format::Markdown {
        ui::say(comparison.markdown(&new.api.slug).trim_end());
    } else {
        show(&comparison, breaking);
    }
    let fails = match how.fail_on {
        None => false,
        Some(FailOn::Breaking) => comparison.is_breaking(),
        Some(FailOn::Any) => !comparison.is_empty(),
    };
    if !fails {
        return Ok(());
    }
    let (count, noun) = match how.fail_on {
        Some(FailOn::Any) => (comparison.changes.len(), "change"),
        _ => (breaking, "breaking change"),
    };
    let more = if comparison.incomplete {
        " or more"
    } else {
        ""
    };
    let found = counted(count, noun);
    Err(Failure::new(format!("There are {found}{more}."))
        .code(Code::Different)
        .hint("Leave out `--fail-on` to see the changes without failing."))
}

fn show(comparison: &Comparison, breaking: usize) {
    for (wanted, heading) in [(true, "Breaks callers:"), (false, "Other changes:")] {
        let wanted = |change: &&Change| change.breaking == wanted;
        let mut changes = comparison.changes.iter().filter(wanted).peekable();
        if changes.peek().is_some() {
            ui::say(heading);
        }
        for change in changes {
            ui::say(format!("  {}{}", owner(change), change.describe(&quoted)));
        }
    }
    if comparison.incomplete {
        ui::warn("There is more than was compared.");
    }
    let others = comparison.changes.len() - breaking;
    ui::say(format!(
        "{}, {}.",
        counted(breaking, "breaking change"),
        counted(others, "other change")
    ));
}

fn owner(change: &Change) -> String {
    const NAMED: usize = 5;
    let names = change.tools.iter().take(NAMED).map(|name| visible(name));
    let mut names = names.collect::<Vec<_>>().join(", ");
    if change.tools.len() > NAMED {
        names = format!("{names} and {} more", change.tools.len() - NAMED);
    }
    match &change.schema {
        Some(schema) => format!("{} (of {names}): ", visible(schema)),
        None if names.is_empty() => String::new(),
        None => format!("{names}: "),
    }
}

fn quoted(text: &str) -> String {
    format!("`{}`", visible(text))
}

/// Text of a specification as a terminal may see it.
fn visible(text: &str) -> String {
    let kept = |c: char| match c {
        '"' | '\'' | '\\' => c.to_string(),
        c => c.escape_debug().to_string(),
    };
    text.chars().map(kept).collect()
}
