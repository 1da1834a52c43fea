//! A schema with what it refers to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use toolmill_core::Manifest;

use super::Part;

/// The parsed shared schemas of a manifest.
#[derive(Debug)]
pub struct Definitions(BTreeMap<String, Value>);

impl Definitions {
    pub fn new(manifest: &Manifest) -> Self {
        let parsed = manifest.defs.iter().filter_map(|(name, text)| {
            let schema = serde_json::from_str(text.get()).ok()?;
            Some((name.clone(), schema))
        });
        Self(parsed.collect())
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

/// The name that a schema refers to.
pub fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// What a part of an answer is documented as: `anyOf: [shape, {}]` admits any
/// value, so that clients refuse none, and means the shape.
pub fn meant(schema: &Value, part: Part) -> &Value {
    let branches = schema.get("anyOf").and_then(Value::as_array);
    match branches.map(Vec::as_slice) {
        Some([shape, open])
            if part == Part::Output
                && is_open(open)
                && schema.as_object().is_some_and(|schema| schema.len() == 1) =>
        {
            shape
        }
        _ => schema,
    }
}

/// References and single branches one after the other; more is a circle.
const MAX_PARTS: usize = 32;
/// Alternatives within each other that are asked for their types.
const MAX_DEPTH: usize = 8;
/// Alternatives that are asked in all: those within each other multiply.
const MAX_ALTERNATIVES: usize = 1_000;

/// A schema as one set of keywords: those it has itself, then those of what it
/// refers to, or of the one branch that its alternatives come to.
#[derive(Debug)]
pub struct View<'a> {
    parts: Vec<&'a Map<String, Value>>,
    definitions: &'a Definitions,
    part: Part,
    /// There is more than the parts: too many of them, or a reference that leads
    /// nowhere.
    cut: bool,
}

/// A look-up came to a limit, or to a reference that leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GaveUp;

/// Types that are admitted; `None` for any.
pub type Types<'a> = Option<BTreeSet<&'a str>>;

impl<'a> View<'a> {
    pub fn new(schema: &'a Value, definitions: &'a Definitions, part: Part) -> Self {
        let mut view = Self::alone(schema, definitions, part);
        while let Some(last) = view.parts.last() {
            match view.next(last) {
                Some(next) if view.parts.len() < MAX_PARTS => view.parts.push(next),
                next => {
                    view.cut = next.is_some() || last.contains_key("$ref");
                    break;
                }
            }
        }
        view
    }

    /// Only what the schema has itself.
    pub fn alone(schema: &'a Value, definitions: &'a Definitions, part: Part) -> Self {
        Self {
            parts: schema.as_object().into_iter().collect(),
            definitions,
            part,
            cut: false,
        }
    }

    pub fn get(&self, keyword: &str) -> Option<&'a Value> {
        self.parts.iter().find_map(|part| part.get(keyword))
    }

    /// Nothing is said of the value but perhaps words.
    pub fn is_open(&self) -> bool {
        let says_nothing = |keyword: &String| matches!(&**keyword, "description" | "title");
        self.parts.iter().all(|part| part.keys().all(says_nothing))
    }

    pub fn properties(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let properties = self.get("properties").and_then(Value::as_object);
        properties.into_iter().flatten()
    }

    pub fn property(&self, name: &str) -> Option<&'a Value> {
        self.get("properties")?.get(name)
    }

    pub fn requires(&self, name: &str) -> bool {
        let required = self.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|known| known == name))
    }

    /// The values that are admitted, where they are counted out.
    pub fn values(&self) -> Option<BTreeSet<String>> {
        let text = |values: &[Value]| values.iter().map(Value::to_string).collect();
        match (self.get("enum"), self.get("const")) {
            (Some(Value::Array(values)), _) => Some(text(values)),
            (_, Some(value)) => Some(text(std::slice::from_ref(value))),
            _ => None,
        }
    }

    /// Branches of which one has to hold, where there are several.
    pub fn alternatives(&self) -> Option<Vec<&'a Value>> {
        let several = |part: &&'a Map<String, Value>| {
            let branches = self.branches(part)?;
            (branches.len() > 1).then_some(branches)
        };
        self.parts.iter().find_map(several)
    }

    /// Branches that have to hold all, where there are several.
    pub fn conjuncts(&self) -> Option<&'a [Value]> {
        let all = |part: &&'a Map<String, Value>| match part.get("allOf") {
            Some(Value::Array(all)) if all.len() > 1 => Some(&all[..]),
            _ => None,
        };
        self.parts.iter().find_map(all)
    }

    /// The types that are admitted.
    ///
    /// # Errors
    /// Where there are too many alternatives to ask, or not all of the schema is
    /// there.
    pub fn types(&self) -> Result<Types<'a>, GaveUp> {
        self.types_within(0, &mut 0)
    }

    fn types_within(&self, depth: usize, asked: &mut usize) -> Result<Types<'a>, GaveUp> {
        *asked += 1;
        if depth > MAX_DEPTH || *asked > MAX_ALTERNATIVES {
            return Err(GaveUp);
        }
        let types = match (self.get("type"), self.get("enum"), self.get("const")) {
            (Some(Value::String(one)), ..) => Some(BTreeSet::from([&**one])),
            (Some(Value::Array(several)), ..) => {
                Some(several.iter().filter_map(Value::as_str).collect())
            }
            (_, Some(Value::Array(values)), _) => Some(values.iter().map(kind).collect()),
            (.., Some(value)) => Some(BTreeSet::from([kind(value)])),
            _ if self.cut => return Err(GaveUp),
            _ => self.composed(depth + 1, asked)?,
        };
        Ok(types.map(|mut types| {
            if self.parts.iter().any(|part| admits_null(part)) {
                types.insert("null");
            }
            types
        }))
    }

    /// The types that the branches come to: of alternatives all, of conjuncts
    /// those that each admits.
    fn composed(&self, depth: usize, asked: &mut usize) -> Result<Types<'a>, GaveUp> {
        let mut types =
            |branch| View::new(branch, self.definitions, self.part).types_within(depth, asked);
        if let Some(alternatives) = self.alternatives() {
            let mut union = BTreeSet::new();
            for branch in alternatives {
                match types(branch)? {
                    Some(more) => union.extend(more),
                    None => return Ok(None),
                }
            }
            return Ok(Some(union));
        }
        let mut all = None;
        for branch in self.conjuncts().unwrap_or_default() {
            all = match (all, types(branch)?) {
                (Some(one), Some(other)) => Some(both(&one, &other)),
                (one, other) => one.or(other),
            };
        }
        Ok(all)
    }

    fn next(&self, part: &'a Map<String, Value>) -> Option<&'a Map<String, Value>> {
        if let Some(Value::String(target)) = part.get("$ref") {
            let name = target.strip_prefix("#/$defs/")?;
            return self.definitions.get(name)?.as_object();
        }
        if let Some(Value::Array(all)) = part.get("allOf")
            && let [one] = &all[..]
        {
            return one.as_object();
        }
        match self.branches(part)?[..] {
            [one] => one.as_object(),
            _ => None,
        }
    }

    /// The alternatives that say something: `null` is told with the types, and
    /// one that admits everything only keeps an answer's schema loose.
    fn branches(&self, part: &'a Map<String, Value>) -> Option<Vec<&'a Value>> {
        let branches = part
            .get("anyOf")
            .or_else(|| part.get("oneOf"))?
            .as_array()?;
        let says =
            |branch: &&Value| !(is_null(branch) || is_open(branch) && self.part == Part::Output);
        Some(branches.iter().filter(says).collect())
    }
}

/// The types of both; an integer is a number.
fn both<'a>(one: &BTreeSet<&'a str>, other: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let admits = |types: &BTreeSet<&str>, kind: &str| {
        types.contains(kind) || kind == "integer" && types.contains("number")
    };
    let kinds = one.union(other).copied();
    kinds
        .filter(|kind| admits(one, kind) && admits(other, kind))
        .collect()
}

fn admits_null(part: &Map<String, Value>) -> bool {
    let branches = part.get("anyOf").or_else(|| part.get("oneOf"));
    branches
        .and_then(Value::as_array)
        .is_some_and(|branches| branches.iter().any(is_null))
}

fn is_open(schema: &Value) -> bool {
    schema.as_object().is_some_and(Map::is_empty)
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null")
}

/// The type of a value (JSON Schema 2020-12, section 4.2.1).
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
