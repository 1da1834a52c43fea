//! The runtime's source, as it is embedded in this program.
//!
//! The versions of its dependencies are those of this workspace's lock file, so
//! there is one place where a version is chosen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use toml::{Table, Value};

use crate::error::{Error, Result};

static SOURCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../runtime/src");
const MANIFEST: &str = include_str!("../../../runtime/Cargo.toml");
const LOCK: &str = include_str!("../../../Cargo.lock");
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

/// The versions that the runtime was tested with, as a `Cargo.lock`. It may
/// name more crates than one build needs; cargo leaves those out.
///
/// # Errors
/// Where the workspace's own lock file cannot be read: a fault of this program.
pub fn runtime_lock() -> Result<&'static str> {
    static PRUNED: LazyLock<Result<String, String>> = LazyLock::new(|| prune(LOCK, MANIFEST));
    match &*PRUNED {
        Ok(lock) => Ok(lock),
        Err(fault) => Err(Error::Runtime(fault.clone())),
    }
}

/// The `Cargo.lock` of a generated crate that brings the runtime along. Cargo
/// drops the entries it does not need when it first builds.
///
/// # Errors
/// As [`runtime_lock`].
pub fn crate_lock(package: &str) -> Result<String> {
    let fault = |fault: toml::de::Error| Error::Runtime(fault.to_string());
    let mut lock: Table = runtime_lock()?.parse().map_err(fault)?;
    let mut own = Table::new();
    own.insert("name".to_owned(), package.into());
    own.insert("version".to_owned(), "0.1.0".into());
    own.insert("dependencies".to_owned(), vec![PACKAGE].into());
    if let Some(Value::Array(packages)) = lock.get_mut("package") {
        packages.push(own.into());
        packages.sort_by(|a, b| text(a, "name").cmp(text(b, "name")));
    }
    toml::to_string(&lock).map_err(|error| Error::Runtime(error.to_string()))
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

/// The part of the lock file that the runtime's dependencies reach.
fn prune(lock: &str, member: &str) -> Result<String, String> {
    let mut lock: Table = lock.parse().map_err(|e| format!("Cargo.lock: {e}"))?;
    let member: Table = member.parse().map_err(|e| format!("Cargo.toml: {e}"))?;
    let direct: BTreeSet<&str> = member
        .get("dependencies")
        .and_then(Value::as_table)
        .map(|table| table.keys().map(String::as_str).collect())
        .unwrap_or_default();
    let Some(Value::Array(packages)) = lock.remove("package") else {
        return Err("Cargo.lock has no packages".to_owned());
    };
    let mut wanted = BTreeSet::new();
    let mut queue = vec![(PACKAGE.to_owned(), None)];
    while let Some((name, version)) = queue.pop() {
        for (index, package) in packages.iter().enumerate() {
            let matches = text(package, "name") == name
                && version
                    .as_deref()
                    .is_none_or(|v| text(package, "version") == v);
            if matches && wanted.insert(index) {
                queue.extend(
                    dependencies(package).filter(|(dependency, _)| {
                        name != PACKAGE || direct.contains(&**dependency)
                    }),
                );
            }
        }
    }
    let kept = wanted.into_iter().map(|index| packages[index].clone());
    lock.insert("package".to_owned(), Value::Array(kept.collect()));
    toml::to_string(&lock).map_err(|e| e.to_string())
}

fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// `["serde", "syn 2.0.1"]` → `(serde, None)`, `(syn, Some(2.0.1))`
fn dependencies(package: &Value) -> impl Iterator<Item = (String, Option<String>)> {
    package
        .get("dependencies")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|entry| {
            let mut words = entry.split(' ').map(str::to_owned);
            (words.next().unwrap_or_default(), words.next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_reached_stays_locked() {
        let lock = r#"
            version = 4
            [[package]]
            name = "toolmill-runtime"
            version = "0.1.0"
            dependencies = ["a", "dev"]
            [[package]]
            name = "a"
            version = "1.0.0"
            dependencies = ["b 2.0.0"]
            [[package]]
            name = "b"
            version = "1.0.0"
            [[package]]
            name = "b"
            version = "2.0.0"
            [[package]]
            name = "dev"
            version = "1.0.0"
        "#;
        let pruned: Table = prune(lock, "[dependencies]\na = \"1\"\n")
            .unwrap()
            .parse()
            .unwrap();
        let names: Vec<_> = pruned["package"]
            .as_array()
            .unwrap()
            .iter()
            .map(|package| (text(package, "name"), text(package, "version")))
            .collect();
        assert_eq!(
            names,
            [
                ("toolmill-runtime", "0.1.0"),
                ("a", "1.0.0"),
                ("b", "2.0.0")
            ]
        );
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
        assert!(runtime_lock().unwrap().contains("toolmill-runtime"));
    }
}
