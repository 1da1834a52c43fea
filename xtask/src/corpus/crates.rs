//! Whether the crate of each specification compiles without warnings and passes its own tests.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Places;
use super::index::Entry;

/// What came of one crate.
pub struct Checked {
    pub name: String,
    pub tools: u64,
    /// From the specification to the files.
    pub generated: Duration,
    /// What the compiler, the lints or the tests said last; `None` where all is well.
    pub fault: Option<String>,
    /// Source files, and those of them that rustfmt would lay out otherwise.
    pub sources: usize,
    pub unformatted: usize,
}

pub fn check(places: &Places, entries: &[Entry]) -> Result<Vec<Checked>> {
    entries
        .iter()
        .map(|entry| check_one(places, entry))
        .collect()
}

fn check_one(places: &Places, entry: &Entry) -> Result<Checked> {
    let spec = entry.file(&places.shared, &places.work)?;
    let fresh = places.work.join("fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    let started = Instant::now();
    let output = Command::new(&places.toolmill)
        .arg("generate")
        .arg(&spec)
        .arg("-o")
        .arg(&fresh)
        .args(["--json", "--include", "method=*"])
        .output()?;
    let generated = started.elapsed();
    ensure!(output.status.success(), "{}: {}", entry.name, text(&output));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let slot = places.work.join("slot");
    replace(&fresh, &slot)?;
    let fault = [
        &[
            "clippy",
            "--locked",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ][..],
        &["test", "--locked", "--quiet"],
    ]
    .iter()
    .find_map(|arguments| cargo(&slot, &places.work, arguments).transpose())
    .transpose()?;
    let package = said["package"].as_str().unwrap_or_default();
    cargo(
        &slot,
        &places.work,
        &["clean", "--locked", "--quiet", "--package", package],
    )?;
    let checked = Checked {
        name: entry.name.clone(),
        tools: said["tools"].as_u64().unwrap_or_default(),
        generated,
        fault,
        sources: sources(&slot)?,
        unformatted: unformatted(&slot)?,
    };
    println!(
        "{}: {}",
        checked.name,
        checked.fault.as_deref().unwrap_or("its crate is fine")
    );
    Ok(checked)
}

/// Puts a crate into the folder that all of them are compiled in, so that what it shares with
/// the one before is not compiled again.
fn replace(fresh: &Path, slot: &Path) -> Result<()> {
    fs::create_dir_all(slot)?;
    for entry in fs::read_dir(slot)? {
        let path = entry?.path();
        if path.ends_with("runtime") && same(&path, &fresh.join("runtime"))? {
            fs::remove_dir_all(fresh.join("runtime"))?;
        } else if path.is_dir() {
            fs::remove_dir_all(path)?;
        } else {
            fs::remove_file(path)?;
        }
    }
    for entry in fs::read_dir(fresh)? {
        let path = entry?.path();
        let name = path.file_name().context("an entry without a name")?;
        fs::rename(&path, slot.join(name))?;
    }
    Ok(())
}

fn same(left: &Path, right: &Path) -> Result<bool> {
    let output = Command::new("diff")
        .args(["-rq"])
        .arg(left)
        .arg(right)
        .output()?;
    Ok(output.status.success())
}

/// Runs cargo in a crate; what it said where it failed.
fn cargo(slot: &Path, work: &Path, arguments: &[&str]) -> Result<Option<String>> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(slot)
        .env("CARGO_TARGET_DIR", work.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS")
        .output()?;
    Ok((!output.status.success()).then(|| text(&output)))
}

fn sources(slot: &Path) -> Result<usize> {
    let folders = [slot.join("src"), slot.join("src/tools"), slot.join("tests")];
    let mut count = 0;
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for entry in fs::read_dir(folder)? {
            count += usize::from(
                entry?
                    .path()
                    .extension()
                    .is_some_and(|ending| ending == "rs"),
            );
        }
    }
    Ok(count)
}

fn unformatted(slot: &Path) -> Result<usize> {
    let output = Command::new(env!("CARGO"))
        .args(["fmt", "--", "--check", "--files-with-diff"])
        .current_dir(slot)
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().count())
}

/// The end of what a command said.
fn text(output: &Output) -> String {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said);
    let lines: Vec<_> = said.trim().lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
