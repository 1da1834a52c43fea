//! `toolmill diff OLD NEW`: how two tool surfaces differ.

use serde_json::json;
use toolmill_generator::{Change, Comparison};

use super::Context;
use super::surface::Surface;
use crate::args::{Diff, FailOn, Format, Report};
use crate::failure::{Code, Failure, Result};
use crate::spec;
use crate::ui::{self, counted};

pub async fn diff(context: &Context, args: &Diff) -> Result<()> {
    spec::once([&*args.old, &args.new])?;
    let limits = context.limits()?.specification;
    let old = Surface::read(&args.old, None, &limits).await?;
    let new = Surface::read(&args.new, Some(old.lock.clone()), &limits).await?;
    report(context, &old, &new, args.report)
}

/// Prints what changed, and fails where that is asked for.
pub fn report(context: &Context, old: &Surface, new: &Surface, how: Report) -> Result<()> {
    let comparison = old.compare(new);
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
