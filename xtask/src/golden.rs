//! The examples' generated crates, kept in the repository so that a change of
//! the generator shows what it changes. Their `runtime/` is this workspace's.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use toolmill_core::Slug;
use toolmill_generator::{Options, generate};

use crate::lock::lock;

/// Name and specification of each example.
const EXAMPLES: [(&str, &str); 1] = [("petstore", "examples/petstore/openapi.yaml")];

pub fn golden(check: bool) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    lock(&root, check)?;
    let mut stale = Vec::new();
    for (name, spec) in EXAMPLES {
        let spec = fs::read(root.join(spec)).with_context(|| format!("`{spec}` cannot be read"))?;
        let slug: Slug = name.parse()?;
        let files = generate(&spec, &Options::new(slug))?.files;
        let folder = root.join("examples").join(name).join("generated");
        if check {
            stale.extend(differences(&folder, &files)?);
        } else {
            write(&folder, &files)?;
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    bail!(
        "these files are stale; `cargo xtask golden` refreshes them:\n{}",
        stale.join("\n")
    );
}

fn write(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    for (path, content) in files {
        let target = folder.join(path);
        let parent = target.parent().context("a path without a folder")?;
        fs::create_dir_all(parent)?;
        fs::write(&target, content).with_context(|| target.display().to_string())?;
    }
    Ok(())
}

/// Files that are missing, differ, or are no longer generated.
fn differences(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<String>> {
    let shown = |path: &str| folder.join(path).display().to_string();
    let mut found: Vec<_> = files
        .iter()
        .filter(|(path, content)| fs::read(folder.join(path)).ok().as_ref() != Some(content))
        .map(|(path, _)| shown(path))
        .collect();
    for path in present(folder)? {
        let relative = path.strip_prefix(folder)?.to_string_lossy().into_owned();
        if !files.contains_key(&relative) {
            found.push(shown(&relative));
        }
    }
    Ok(found)
}

fn present(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(present(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
