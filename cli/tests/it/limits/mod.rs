//! The limits that an operator sets, each just below and just above.

mod file;
mod servers;
mod specification;
mod worst;

use std::path::PathBuf;

use crate::support::{Home, Output, finish};

/// A file of limits with this text.
fn limits(home: &Home, text: &str) -> PathBuf {
    let path = home.path().join("limits.toml");
    std::fs::write(&path, text).expect("written");
    path
}

/// Runs a command with these limits.
fn limited(home: &Home, text: &str, args: &[&str]) -> Output {
    let file = limits(home, text);
    finish(home.command().env("TOOLMILL_LIMITS", file).args(args))
}

/// A specification with so many operations.
fn operations(count: usize) -> String {
    let paths: Vec<_> = (0..count)
        .map(|n| format!("  /a{n}: {{ get: {{ operationId: op{n}, responses: {{}} }} }}\n"))
        .collect();
    format!(
        "openapi: 3.0.3\ninfo: {{ title: Many, version: '1' }}\npaths:\n{}",
        paths.concat()
    )
}
