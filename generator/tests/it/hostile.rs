//! Hostile specifications kept outside this repository, each with what has to
//! become of it. They are looked for in `TOOLMILL_SHARED`.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;
use toolmill_generator::{Diagnostics, FileSet, generate};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::common::{files, manifest, options, specification, text};

/// Refused where addresses are dialled, which no generator does.
const REFUSED_LATER: [&str; 2] = ["b06-server-metadata-forms", "b07-server-private-forms"];

#[test]
fn every_case_ends_as_it_has_to() {
    let Some(folder) = folder() else {
        return;
    };
    let cases = std::fs::read(folder.join("cases.json")).expect("the list of cases");
    let cases: Value = serde_json::from_slice(&cases).expect("JSON");
    let cases = cases["cases"].as_array().expect("a list");
    assert!(cases.len() > 80, "{} cases", cases.len());
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| judge(&folder, case).err())
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("TOOLMILL_SHARED");
    // A relative path is one from the root of the repository.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = shared.map(|shared| root.join(shared).join("hostile"));
    let found = folder.filter(|folder| folder.join("cases.json").exists());
    if found.is_none() {
        // Past the test harness, which would keep it to itself.
        let said = writeln!(
            std::io::stderr(),
            "*** NOT RUN: there is no `hostile/cases.json` in TOOLMILL_SHARED."
        );
        assert!(said.is_ok(), "stderr is open");
    }
    found
}

fn judge(folder: &Path, case: &Value) -> Result<(), String> {
    let id = case["id"].as_str().unwrap_or_default();
    let fault = |fault: String| Err(format!("{id}: {fault}"));
    let bytes = std::fs::read(folder.join(case["file"].as_str().unwrap_or_default()));
    let made = generate(&bytes.expect("the case's file"), &options());
    match (case["expect"].as_str().unwrap_or_default(), &made) {
        ("accepted" | "accepted_flagged" | "escaped" | "escaped_stripped", Err(found)) => {
            return fault(format!("refused: {found}"));
        }
        ("rejected", Ok(files)) if files.diagnostics.is_empty() && !REFUSED_LATER.contains(&id) => {
            return fault("taken without a finding".to_owned());
        }
        ("escaped_stripped", Ok(files)) if files.diagnostics.is_empty() => {
            return fault("what is taken out is not reported".to_owned());
        }
        _ => {}
    }
    match made {
        Ok(files) => inspect(&files).or_else(fault),
        Err(found) => explains(&found).or_else(fault),
    }
}

/// A refusal says where and why.
fn explains(found: &Diagnostics) -> Result<(), String> {
    let clear = |text: &str| !text.is_empty() && !text.chars().any(is_hidden);
    found
        .iter()
        .all(|one| one.line > 0 && clear(&one.message))
        .then_some(())
        .ok_or_else(|| format!("an unclear refusal: {found}"))
}

fn inspect(made: &FileSet) -> Result<(), String> {
    let harmless = files(&specification("  /a: { get: { responses: {} } }", ""));
    for fixed in ["Cargo.toml", "Dockerfile", "src/main.rs", "src/extra.rs"] {
        if text(made, fixed) != text(&harmless, fixed) {
            return Err(format!("`{fixed}` depends on the specification"));
        }
    }
    for path in made.files.keys() {
        let known = harmless.files.contains_key(path) || path == "openapi.json";
        if !known && !is_tool_file(path) {
            return Err(format!("a file `{path}`"));
        }
        if path.ends_with(".rs") {
            let tokens: TokenStream = text(made, path)
                .parse()
                .map_err(|error| format!("`{path}` is no Rust: {error}"))?;
            identifiers(tokens)?;
        }
    }
    names(made)?;
    visible(&manifest(made)["tools"])
}

fn is_tool_file(path: &str) -> bool {
    let stem = path
        .strip_prefix("src/tools/")
        .and_then(|file| file.strip_suffix(".rs"));
    stem.is_some_and(|stem| {
        stem.len() <= 48
            && stem
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    })
}

fn identifiers(tokens: TokenStream) -> Result<(), String> {
    for token in tokens {
        match token {
            TokenTree::Group(group) => identifiers(group.stream())?,
            TokenTree::Ident(name) => {
                let folded = name.to_string().to_ascii_lowercase();
                // A tool's function may be called after a payload, but nothing else is.
                if folded == "pwned" || folded == "abort" || folded == "unsafe" {
                    return Err(format!("an identifier `{name}`"));
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    Ok(())
}

fn names(made: &FileSet) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for tool in &made.manifest.tools {
        let fits = (1..=46).contains(&tool.name.len())
            && tool
                .name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if !fits || !seen.insert(tool.name.to_ascii_lowercase()) {
            return Err(format!("a tool called `{}`", tool.name));
        }
    }
    Ok(())
}

/// Nothing a model reads is invisible or endless, and no extension reaches it.
fn visible(value: &Value) -> Result<(), String> {
    let check = |text: &str, most: usize| match text.chars().find(|c| is_hidden(*c)) {
        Some(hidden) => Err(format!("an invisible character {hidden:?}")),
        None if text.len() > most => Err(format!("a text of {} bytes", text.len())),
        None => Ok(()),
    };
    match value {
        Value::String(text) => check(text, 4 << 10),
        Value::Array(items) => items.iter().try_for_each(visible),
        Value::Object(members) => members.iter().try_for_each(|(key, value)| {
            check(key, 4 << 10)?;
            if key == "x-mcp-header" {
                return Err("an extension".to_owned());
            }
            visible(value)
        }),
        _ => Ok(()),
    }
}

fn is_hidden(c: char) -> bool {
    !matches!(c, '\n' | '\t')
        && matches!(
            c.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::Surrogate
                | GeneralCategory::PrivateUse
        )
}
