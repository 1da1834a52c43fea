//! `toolmill.lock`: which tool name belongs to which operation, and what the
//! generated files were when they were written.
//!
//! The format is a subset of TOML: sections of `"key" = "value"` lines.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use crate::ir::Api;
use crate::words::hash;

/// The file's text: `files` are those written beside it, those left to the user
/// not among them.
pub(crate) fn render(
    api: &Api,
    generator_version: &str,
    files: &BTreeMap<String, Vec<u8>>,
) -> String {
    let mut text =
        String::from("# Pins tool names, and tells edited files from generated ones. Commit it.\n");
    let _ = writeln!(text, "generator = {}\n\n[tools]", quoted(generator_version));
    let mut tools: Vec<_> = api
        .tools
        .iter()
        .map(|tool| {
            (
                format!("{} {}", tool.method.as_str(), tool.path),
                &tool.names.tool,
            )
        })
        .collect();
    tools.sort();
    for (key, name) in tools {
        let _ = writeln!(text, "{} = {}", quoted(&key), quoted(name));
    }
    text.push_str("\n[files]\n");
    for (path, bytes) in files {
        let _ = writeln!(text, "{} = {}", quoted(path), quoted(&hash(bytes)));
    }
    text
}

/// The tool names that a lock file pins, by `METHOD /path`.
pub(crate) fn pinned(text: &str) -> HashMap<String, String> {
    section(text, "tools").collect()
}

/// What the files hashed to when they were generated, by path: SHA-256 in lower-case hex.
#[must_use]
pub fn hashes(text: &str) -> HashMap<String, String> {
    section(text, "files").collect()
}

/// The entries of one section. Lines that are no entry are passed over, as a
/// lock file may have been merged by hand.
fn section<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = (String, String)> + 'a {
    let header = move |line: &str| {
        line.trim()
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
            == Some(name)
    };
    let inside = text.lines().skip_while(move |line| !header(line)).skip(1);
    inside
        .take_while(|line| !line.trim_start().starts_with('['))
        .filter_map(entry)
}

fn entry(line: &str) -> Option<(String, String)> {
    let mut strings = serde_json::Deserializer::from_str(line).into_iter::<String>();
    let key = strings.next()?.ok()?;
    let value = line[strings.byte_offset()..]
        .trim_start()
        .strip_prefix('=')?;
    Some((key, serde_json::from_str(value).ok()?))
}

/// A TOML basic string; every JSON string is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::pinned;

    #[test]
    fn names_are_read_from_their_section_only() {
        let text = "generator = \"1\"\n[files]\n\"x\" = \"y\"\n[tools]\n\"GET /a \\\"b\\\"\" = \"name\"\n<<<<<<<\n\n[other]\n\"z\" = \"w\"\n";
        let names = pinned(text);
        assert_eq!(names.len(), 1);
        assert_eq!(names["GET /a \"b\""], "name");
    }
}
