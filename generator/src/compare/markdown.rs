//! A comparison as Markdown, for a comment on a pull request.

use std::fmt::Write;

use super::{Change, Comparison};
use crate::text;

/// GitHub takes comments of 65,536 characters.
const MAX_BYTES: usize = 60_000;
/// Characters of one quoted text.
const QUOTED: usize = 200;
/// Tools named where a shared schema changes.
const MAX_TOOLS: usize = 8;

impl Comparison {
    /// A heading and two lists: what breaks callers, and what does not. Texts of
    /// the specification come as code spans only, so that nothing in them is a
    /// link, an image, HTML or a mention.
    #[must_use]
    pub fn markdown(&self, title: &str) -> String {
        let breaking = self.breaking().count();
        let others = self.changes.len() - breaking;
        let mut out = format!("### Tools of {}\n\n", code(title));
        if self.changes.is_empty() {
            out.push_str("No tool changed.\n");
        }
        for (wanted, count, heading) in [
            (true, breaking, "Breaks callers"),
            (false, others, "Other changes"),
        ] {
            if count > 0 {
                let _ = writeln!(out, "**{heading}** ({count})\n");
                list(&mut out, self, wanted);
                out.push('\n');
            }
        }
        if self.incomplete {
            out.push_str("There is more than was compared.\n");
        }
        out
    }
}

fn list(out: &mut String, comparison: &Comparison, breaking: bool) {
    let wanted = |change: &&Change| change.breaking == breaking;
    let mut changes = comparison.changes.iter().filter(wanted);
    // Each list may take half of the room.
    let room = out.len() + MAX_BYTES / 2;
    while out.len() < room
        && let Some(change) = changes.next()
    {
        let _ = writeln!(out, "- {}{}", owner(change), change.describe(&code));
    }
    let more = changes.count();
    if more > 0 {
        let _ = writeln!(out, "- … and {more} more");
    }
}

/// What the change is of, before the clause.
fn owner(change: &Change) -> String {
    let names: Vec<_> = change
        .tools
        .iter()
        .take(MAX_TOOLS)
        .map(|name| code(name))
        .collect();
    let mut names = names.join(", ");
    let more = change.tools.len().saturating_sub(MAX_TOOLS);
    if more > 0 {
        let _ = write!(names, " and {more} more");
    }
    match &change.schema {
        Some(schema) => format!("schema {} (of {names}): ", code(schema)),
        None if names.is_empty() => String::new(),
        None => format!("{names}: "),
    }
}

/// A code span (CommonMark, section 6.1): its fence is longer than any run of
/// backticks within, and nothing in it is markup.
fn code(raw: &str) -> String {
    let text = text::line(raw, QUOTED);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn nothing_gets_out_of_a_code_span() {
        for (raw, span) in [
            ("plain", "`plain`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("``x", "``` ``x ```"),
            ("a\n\n# b", "`a # b`"),
            ("\u{202e}x\u{200b}", "`x`"),
        ] {
            assert_eq!(code(raw), span, "{raw:?}");
        }
    }
}
