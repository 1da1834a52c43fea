//! What the tests share.

use serde_json::Value;
use toolmill_generator::{Diagnostic, Diagnostics, FileSet, Options, Severity, generate};

pub fn options() -> Options {
    Options::new("test".parse().expect("a slug"))
}

pub fn files(specification: &str) -> FileSet {
    generate(specification.as_bytes(), &options()).expect("the specification is usable")
}

pub fn refusal(specification: impl AsRef<[u8]>) -> Diagnostics {
    generate(specification.as_ref(), &options()).expect_err("the specification is unusable")
}

/// A specification of `paths`, which is YAML at an indentation of two, and `rest`.
pub fn specification(paths: &str, rest: &str) -> String {
    format!("openapi: 3.0.3\ninfo: {{ title: Test, version: '1' }}\npaths:\n{paths}\n{rest}\n")
}

/// `tools.json`.
pub fn manifest(files: &FileSet) -> Value {
    serde_json::from_slice(&files.files["tools.json"]).expect("the manifest is JSON")
}

pub fn tool(files: &FileSet, name: &str) -> Value {
    let manifest = manifest(files);
    let tools = manifest["tools"].as_array().expect("a list of tools");
    tools
        .iter()
        .find(|tool| tool["name"] == name)
        .unwrap_or_else(|| panic!("no tool `{name}`"))
        .clone()
}

pub fn names(files: &FileSet) -> Vec<String> {
    files
        .manifest
        .tools
        .iter()
        .map(|tool| tool.name.clone())
        .collect()
}

pub fn text<'a>(files: &'a FileSet, path: &str) -> &'a str {
    std::str::from_utf8(&files.files[path]).expect("a text file")
}

/// The one finding with this code.
pub fn finding<'a>(diagnostics: &'a Diagnostics, code: &str) -> &'a Diagnostic {
    let found: Vec<_> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == code)
        .collect();
    match found.as_slice() {
        [one] => one,
        _ => panic!("not one `{code}` in:\n{diagnostics}"),
    }
}

pub fn place(diagnostic: &Diagnostic) -> (&str, u32, u32, Severity) {
    (
        &diagnostic.pointer,
        diagnostic.line,
        diagnostic.column,
        diagnostic.severity,
    )
}
