//! The specifications that random ones are made from.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use toolmill_generator::{self as generator, Limits, Node, json_number};

pub struct Seed {
    pub bytes: Vec<u8>,
    /// The same as values, whatever its form.
    pub tree: Value,
}

/// Larger ones take too long each.
const LARGEST: u64 = 200 << 10;

/// Those of this repository, and real ones where `TOOLMILL_SHARED` has them.
pub fn all() -> Vec<Seed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = vec![root.join("examples/petstore/openapi.yaml")];
    for folder in ["generator/tests/golden", "cli/tests/it/traps/specs"] {
        collect(&root.join(folder), &mut paths);
    }
    paths.retain(|path| !path.to_string_lossy().contains("/expected/"));
    let own = paths.len();
    assert!(own > 8, "{own} specifications");
    if let Some(shared) = std::env::var_os("TOOLMILL_SHARED") {
        for folder in ["corpus", "hostile"] {
            collect(&root.join(&shared).join(folder), &mut paths);
        }
    }
    paths.iter().filter_map(|path| read(path)).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, found);
        } else if path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "json")
        {
            found.push(path);
        }
    }
}

/// A specification that can be read and is not too large.
fn read(path: &Path) -> Option<Seed> {
    let size = std::fs::metadata(path).ok()?.len();
    let bytes = std::fs::read(path).ok().filter(|_| size <= LARGEST)?;
    let document = generator::parse(&bytes, &Limits::default()).ok()?;
    let tree = value(&document.root, &mut 0)?;
    Some(Seed { bytes, tree })
}

/// The value of a node; `None` where aliases make it too large.
fn value(node: &Node, size: &mut usize) -> Option<Value> {
    *size += 1;
    if *size > 20_000 {
        return None;
    }
    Some(match &node.value {
        generator::Value::Null => Value::Null,
        generator::Value::Bool(flag) => Value::Bool(*flag),
        generator::Value::Number(text) => serde_json::from_str(&json_number(text)?).ok()?,
        generator::Value::String(text) => Value::String(text.to_string()),
        generator::Value::Array(items) => {
            let items = items.iter().map(|item| value(item, size));
            Value::Array(items.collect::<Option<_>>()?)
        }
        generator::Value::Object(members) => {
            let members = members
                .iter()
                .map(|(key, member)| Some((key.to_string(), value(&member.node, size)?)));
            Value::Object(members.collect::<Option<Map<_, _>>>()?)
        }
    })
}
