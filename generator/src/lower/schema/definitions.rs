//! Shared schemas, once they are all known: one definition for both directions
//! where they say the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::{Converted, Direction, Key, subschemas};
use crate::ir::Definition;
use crate::names;

/// The definitions, and how references find them.
#[derive(Debug)]
pub struct Definitions {
    map: BTreeMap<String, Definition>,
    /// What a converted schema says in `$ref` → the definition's name.
    names: HashMap<String, String>,
    broken: HashSet<String>,
}

impl Definitions {
    pub fn new(converted: BTreeMap<Key<'_>, Converted>) -> Self {
        let same = same_both_ways(&converted);
        // For each pointer: one definition, or one for each direction; what null takes
        // members away from always has its own.
        let wanted: Vec<_> = converted
            .keys()
            .filter(|(pointer, direction)| {
                *direction != Direction::Output || !same.contains(pointer)
            })
            .map(|key @ (pointer, direction)| {
                let others = others(*direction);
                let shared = others
                    .iter()
                    .any(|other| converted.contains_key(&(*pointer, *other)));
                let is_one = *direction != Direction::Patch && same.contains(pointer);
                let suffix = if shared && !is_one {
                    suffix(*direction)
                } else {
                    ""
                };
                (*key, suffix)
            })
            .collect();
        let given = names::definitions(
            wanted
                .iter()
                .map(|((pointer, _), suffix)| (*pointer, *suffix)),
        );
        let mut names = HashMap::new();
        for (((pointer, direction), _), name) in wanted.iter().zip(given) {
            names.insert(format!("{}{pointer}", direction.prefix()), name.clone());
            if *direction == Direction::Input && same.contains(pointer) {
                names.insert(format!("{}{pointer}", Direction::Output.prefix()), name);
            }
        }
        let mut definitions = Self {
            map: BTreeMap::new(),
            names,
            broken: HashSet::new(),
        };
        for ((pointer, direction), converted) in converted {
            definitions.add(&format!("{}{pointer}", direction.prefix()), converted);
        }
        definitions
    }

    fn add(&mut self, reference: &str, converted: Converted) {
        let Some(name) = self.names.get(reference).cloned() else {
            return;
        };
        if self.map.contains_key(&name) {
            return;
        }
        let Converted {
            mut schema,
            schemas,
            broken,
        } = converted;
        let refers_to = self.settle(&mut schema);
        if broken {
            self.broken.insert(name.clone());
        }
        let bytes = schema.to_string().len();
        self.map.insert(
            name,
            Definition {
                schema,
                refers_to,
                schemas,
                bytes,
            },
        );
    }

    /// Lets the references of `schema` name definitions, and returns those names, sorted.
    pub fn settle(&self, schema: &mut Value) -> Vec<String> {
        let mut found = BTreeSet::new();
        subschemas::rename(schema, &mut |reference| {
            let name = self.names.get(reference).map_or("", String::as_str);
            found.insert(name.to_owned());
            format!("#/$defs/{name}")
        });
        found.into_iter().collect()
    }

    /// Everything that can be reached from the definitions `names`, sorted.
    pub fn closure(&self, names: &[String]) -> Vec<String> {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut next: Vec<&str> = names.iter().map(String::as_str).collect();
        while let Some(name) = next.pop() {
            if found.insert(name)
                && let Some(definition) = self.map.get(name)
            {
                next.extend(definition.refers_to.iter().map(String::as_str));
            }
        }
        found.into_iter().map(str::to_owned).collect()
    }

    /// The schema that `#/$defs/NAME` names.
    pub fn follow(&self, reference: &str) -> Option<&Value> {
        Some(&self.map.get(reference.strip_prefix("#/$defs/")?)?.schema)
    }

    pub fn schemas(&self, names: &[String]) -> usize {
        names
            .iter()
            .filter_map(|name| self.map.get(name))
            .map(|definition| definition.schemas)
            .sum()
    }

    pub fn bytes(&self, names: &[String]) -> usize {
        let entry = |name: &String| {
            self.map
                .get(name)
                .map(|definition| name.len() + 4 + definition.bytes)
        };
        names.iter().filter_map(entry).sum()
    }

    /// One of `names` that needs something outside the document.
    pub fn broken<'n>(&self, names: &'n [String]) -> Option<&'n str> {
        names
            .iter()
            .find(|name| self.broken.contains(*name))
            .map(String::as_str)
    }

    pub fn into_map(mut self, used: &HashSet<String>) -> BTreeMap<String, Definition> {
        self.map.retain(|name, _| used.contains(name));
        self.map
    }
}

/// In which directions a schema must have been converted too, so that one name is not enough.
fn others(direction: Direction) -> &'static [Direction] {
    match direction {
        Direction::Input => &[Direction::Output],
        Direction::Output => &[Direction::Input],
        Direction::Patch => &[Direction::Input, Direction::Output],
    }
}

fn suffix(direction: Direction) -> &'static str {
    match direction {
        Direction::Input => "Input",
        Direction::Output => "Output",
        Direction::Patch => "Patch",
    }
}

/// The pointers whose schemas say the same in both directions, what they refer
/// to included: those that look the same, less those that refer to others which
/// don't, until nothing changes.
fn same_both_ways<'d>(converted: &BTreeMap<Key<'d>, Converted>) -> HashSet<&'d str> {
    let mut same: HashSet<&str> = HashSet::new();
    let mut referring: HashMap<String, Vec<&str>> = HashMap::new();
    let mut different: Vec<&str> = Vec::new();
    for ((pointer, direction), one) in converted {
        if *direction != Direction::Input {
            continue;
        }
        let Some(two) = converted.get(&(*pointer, Direction::Output)) else {
            continue;
        };
        same.insert(pointer);
        if !alike(&one.schema, &two.schema) {
            different.push(pointer);
        }
        subschemas::references(&one.schema, &mut |reference| {
            let target = reference
                .strip_prefix(Direction::Input.prefix())
                .unwrap_or(reference);
            referring
                .entry(target.to_owned())
                .or_default()
                .push(pointer);
        });
    }
    while let Some(pointer) = different.pop() {
        if same.remove(pointer) {
            different.extend(referring.get(pointer).into_iter().flatten());
        }
    }
    same
}

/// Whether two schemas are equal but for the direction in their references, and
/// for the examples that only inputs have.
fn alike(one: &Value, two: &Value) -> bool {
    match (one, two) {
        (Value::Object(a), Value::Object(b)) => {
            let is_compared =
                |(key, value): &(&String, &Value)| *key != "examples" || !value.is_array();
            let (mut a, mut b) = (a.iter().filter(is_compared), b.iter().filter(is_compared));
            loop {
                match (a.next(), b.next()) {
                    (Some((ka, va)), Some((kb, vb))) if ka == kb && alike(va, vb) => {}
                    (rest_a, rest_b) => return rest_a.is_none() && rest_b.is_none(),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
        }
        (Value::String(a), Value::String(b)) => {
            a == b
                || a.strip_prefix(Direction::Input.prefix())
                    .is_some_and(|a| b.strip_prefix(Direction::Output.prefix()) == Some(a))
        }
        _ => one == two,
    }
}
