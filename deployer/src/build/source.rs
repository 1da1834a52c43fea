//! The runtime's source, as it is embedded in this program.
//!
//! The versions of its dependencies are those of this workspace's lock file, so
//! there is one place where a version is chosen.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

static SOURCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../runtime/src");
const MANIFEST: &str = include_str!("../../../runtime/Cargo.toml");
const LOCK: &str = include_str!("../../../runtime/Cargo.lock");
/// What every entry of a lock file begins with.
const HEADER: &str = "[[package]]\n";
const PACKAGE: &str = "toolmill-runtime";

/// The runtime as a crate that builds in any workspace: path → content, with
/// `Cargo.toml` and `src/…`.
#[must_use]
pub fn runtime_source() -> BTreeMap<String, Vec<u8>> {
    let manifest = MANIFEST.as_bytes().to_vec();
    let mut files = BTreeMap::from([("Cargo.toml".to_owned(), manifest)]);
    collect(&SOURCES, &mut files);
    files
}

/// The versions that the runtime was tested with, as cargo writes them for it alone.
#[must_use]
pub fn runtime_lock() -> &'static str {
    LOCK
}

/// The `Cargo.lock` of a generated crate that brings the runtime along, to the letter as cargo
/// would write it, so that `--locked` accepts it.
#[must_use]
pub fn crate_lock(package: &str) -> String {
    let own = format!(
        "name = \"{package}\"\nversion = \"0.1.0\"\ndependencies = [\n \"{PACKAGE}\",\n]\n"
    );
    let mut parts = LOCK.split(HEADER);
    let head = parts.next().unwrap_or_default();
    let (before, after): (Vec<_>, Vec<_>) = parts.partition(|entry| name(entry) < package);
    let entries = before.into_iter().chain([own.as_str()]).chain(after);
    let entries: Vec<_> = entries.map(str::trim_end).collect();
    let separator = format!("\n\n{HEADER}");
    format!("{head}{HEADER}{}\n", entries.join(&separator))
}

/// `name = "serde"` → `serde`
fn name(entry: &str) -> &str {
    entry.split('"').nth(1).unwrap_or_default()
}

fn collect(folder: &Dir<'_>, files: &mut BTreeMap<String, Vec<u8>>) {
    for file in folder.files() {
        let path = format!("src/{}", file.path().display());
        files.insert(path, file.contents().to_vec());
    }
    for inner in folder.dirs() {
        collect(inner, files);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_stands_at_its_place_in_the_lock() {
        let lock = crate_lock("petstore-mcp");
        let names: Vec<_> = lock.split(HEADER).skip(1).map(name).collect();
        assert!(names.is_sorted());
        assert!(names.contains(&"petstore-mcp"));
        assert_eq!(names.len(), LOCK.split(HEADER).count());
        assert!(lock.ends_with("\"\n") || lock.ends_with("]\n"));
    }

    #[test]
    fn the_embedded_runtime_stands_alone() {
        let files = runtime_source();
        assert!(files.contains_key("src/lib.rs"));
        for word in ["workspace = true", "path =", "dev-dependencies"] {
            assert!(
                !MANIFEST.contains(word),
                "the runtime's manifest has `{word}`"
            );
        }
    }
}
