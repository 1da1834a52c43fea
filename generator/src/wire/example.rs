//! Values that a schema admits, made up without guessing: where a schema asks for
//! more than is understood here, there is none.

use std::cell::Cell;
use std::collections::BTreeMap;

use regex::RegexBuilder;
use serde_json::{Map, Value, json};

use super::pattern;
use crate::ir::Definition;

pub struct Examples<'a> {
    definitions: &'a BTreeMap<String, Definition>,
    /// Schemas that may still be looked at for the current value.
    left: Cell<usize>,
}

/// How deep an example goes before optional parts are left out.
const OPTIONAL_DEPTH: usize = 2;
const MAX_DEPTH: usize = 8;
const MAX_SCHEMAS: usize = 2_000;

type Keywords = Map<String, Value>;

impl<'a> Examples<'a> {
    pub fn new(definitions: &'a BTreeMap<String, Definition>) -> Self {
        Self {
            definitions,
            left: Cell::new(0),
        }
    }

    /// A value that is valid for `schema`.
    pub fn of(&self, schema: &Value) -> Option<Value> {
        self.left.set(MAX_SCHEMAS);
        self.at(schema, 0)
    }

    fn at(&self, schema: &Value, depth: usize) -> Option<Value> {
        self.left.set(self.left.get().checked_sub(1)?);
        let schema = match schema {
            Value::Bool(true) => return Some(json!("text")),
            Value::Object(schema) if depth <= MAX_DEPTH => schema,
            _ => return None,
        };
        if let Some(reference) = schema.get("$ref") {
            let name = reference.as_str()?.strip_prefix("#/$defs/")?;
            let alone = schema.keys().all(|keyword| {
                matches!(
                    keyword.as_str(),
                    "$ref" | "description" | "title" | "deprecated"
                )
            });
            return if alone {
                self.at(&self.definitions.get(name)?.schema, depth + 1)
            } else {
                None
            };
        }
        const BEYOND: [&str; 9] = [
            "not",
            "if",
            "dependentSchemas",
            "dependentRequired",
            "patternProperties",
            "propertyNames",
            "contains",
            "unevaluatedProperties",
            "unevaluatedItems",
        ];
        if BEYOND.iter().any(|keyword| schema.contains_key(*keyword)) {
            return None;
        }
        if let Some(branches) = schema.get("allOf").and_then(Value::as_array) {
            let alone = schema.keys().all(|keyword| {
                matches!(
                    keyword.as_str(),
                    "allOf" | "description" | "title" | "deprecated"
                )
            });
            return match branches.as_slice() {
                [one] if alone => self.at(one, depth + 1),
                _ => None,
            };
        }
        if let Some(branches) = schema.get("anyOf").or_else(|| schema.get("oneOf")) {
            return self.alternative(schema, branches.as_array()?, depth);
        }
        self.plain(schema, depth)
    }

    /// The first alternative, where it is the only one that such a value can meet.
    fn alternative(&self, schema: &Keywords, branches: &[Value], depth: usize) -> Option<Value> {
        let alone = schema.keys().all(|keyword| {
            matches!(
                keyword.as_str(),
                "anyOf" | "oneOf" | "description" | "title" | "deprecated" | "default" | "examples"
            )
        });
        let exclusive = schema.contains_key("oneOf") && branches.len() > 1;
        let kinds: Vec<_> = branches
            .iter()
            .map(|branch| branch.get("type").and_then(Value::as_str))
            .collect();
        let distinct = kinds
            .iter()
            .enumerate()
            .all(|(index, kind)| kind.is_some() && !kinds[..index].contains(kind));
        let overlapping = kinds.contains(&Some("integer")) && kinds.contains(&Some("number"));
        if !alone || exclusive && (!distinct || overlapping) {
            return None;
        }
        branches
            .iter()
            .find_map(|branch| self.at(branch, depth + 1))
    }

    fn plain(&self, schema: &Keywords, depth: usize) -> Option<Value> {
        if let Some(value) = schema.get("const") {
            return Some(value.clone());
        }
        let kinds: Vec<_> = match schema.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            Some(kind) => kind.as_str().into_iter().collect(),
            None => Vec::new(),
        };
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let fits = |value: &&Value| {
                !value.is_null() && **value != json!("") && kinds.iter().any(|kind| is(kind, value))
            };
            return values
                .iter()
                .find(|value| kinds.is_empty() || fits(value))
                .cloned();
        }
        match kinds.iter().find(|kind| **kind != "null").copied() {
            Some("boolean") => Some(json!(true)),
            Some("integer") => number(schema, true),
            Some("number") => number(schema, false),
            Some("string") => string(schema),
            Some("array") => self.array(schema, depth),
            Some("object") => self.object(schema, depth),
            None if schema.contains_key("properties") => self.object(schema, depth),
            None if schema.contains_key("items") => self.array(schema, depth),
            None if schema.keys().all(|keyword| {
                matches!(
                    keyword.as_str(),
                    "description" | "title" | "examples" | "default" | "deprecated"
                )
            }) =>
            {
                Some(json!("text"))
            }
            _ => None,
        }
    }

    fn array(&self, schema: &Keywords, depth: usize) -> Option<Value> {
        if schema.contains_key("prefixItems") {
            return None;
        }
        let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
        let most = schema
            .get("maxItems")
            .and_then(Value::as_u64)
            .unwrap_or(u64::MAX);
        match schema
            .get("items")
            .map_or_else(|| Some(json!("text")), |items| self.at(items, depth + 1))
        {
            Some(item) if least <= 1 && most >= 1 => Some(json!([item])),
            Some(item) if least <= 10 && schema.get("uniqueItems").is_none() => {
                Some(Value::Array(vec![item; usize::try_from(least).ok()?]))
            }
            _ if least == 0 && depth > 0 => Some(json!([])),
            _ => None,
        }
    }

    fn object(&self, schema: &Keywords, depth: usize) -> Option<Value> {
        let required: Vec<_> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        let most = schema
            .get("maxProperties")
            .and_then(Value::as_u64)
            .unwrap_or(u64::MAX);
        let mut object = Map::new();
        for (name, schema) in properties.into_iter().flatten() {
            let needed = required.contains(&name.as_str());
            if !needed
                && (depth >= OPTIONAL_DEPTH
                    || u64::try_from(object.len() + required.len()).ok()? >= most)
            {
                continue;
            }
            match self.at(schema, depth + 1) {
                Some(value) => drop(object.insert(name.clone(), value)),
                None if needed => return None,
                None => {}
            }
        }
        let least = schema
            .get("minProperties")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        if object.is_empty()
            && most > 0
            && let Some(others @ (Value::Object(_) | Value::Bool(true))) =
                schema.get("additionalProperties")
        {
            object.insert("key".to_owned(), self.at(others, depth + 1)?);
        }
        let complete = required.iter().all(|name| object.contains_key(*name));
        (complete && u64::try_from(object.len()).ok()? >= least).then_some(Value::Object(object))
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" | "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// A number within its bounds: a multiple of what it has to be a multiple of.
fn number(schema: &Keywords, whole: bool) -> Option<Value> {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let step = bound("multipleOf").unwrap_or(if whole { 1.0 } else { 0.5 });
    let least = bound("minimum")
        .or_else(|| bound("exclusiveMinimum"))
        .unwrap_or(1.0)
        .max(f64::MIN);
    let most = bound("maximum")
        .or_else(|| bound("exclusiveMaximum"))
        .unwrap_or(f64::MAX);
    let fits = |value: f64| {
        bound("minimum").is_none_or(|least| value >= least)
            && bound("exclusiveMinimum").is_none_or(|least| value > least)
            && bound("maximum").is_none_or(|most| value <= most)
            && bound("exclusiveMaximum").is_none_or(|most| value < most)
            && value.abs() < 1e15
            && (!whole || value.fract() == 0.0)
    };
    let start = if least <= 1.0 && most >= 1.0 {
        1.0
    } else {
        least
    };
    let first = (start / step).ceil();
    let value = [first, first + 1.0, first - 1.0]
        .into_iter()
        .map(|count| count * step)
        .find(|value| fits(*value))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number below 1e15 is exact"
    )]
    let integer = value as i64;
    if value.fract() == 0.0 {
        Some(json!(integer))
    } else {
        Some(json!(value))
    }
}

/// Text of the format and length that is asked for. Its characters need encoding
/// wherever that is allowed.
fn string(schema: &Keywords) -> Option<Value> {
    let least =
        usize::try_from(schema.get("minLength").and_then(Value::as_u64).unwrap_or(0)).ok()?;
    let most = usize::try_from(
        schema
            .get("maxLength")
            .and_then(Value::as_u64)
            .unwrap_or(u64::MAX),
    )
    .ok()?;
    let pattern = match schema.get("pattern").and_then(Value::as_str) {
        Some(pattern) => Some((
            RegexBuilder::new(pattern)
                .size_limit(1 << 20)
                .build()
                .ok()?,
            pattern::text(pattern),
        )),
        None => None,
    };
    let format = schema
        .get("format")
        .and_then(Value::as_str)
        .and_then(of_format);
    let own = schema
        .get("examples")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .chain(schema.get("default"))
        .filter_map(Value::as_str);
    let common = [
        "a b",
        "abc",
        "1",
        "a",
        "12",
        "abcd1234",
        "ABC",
        "AB",
        "123456",
        "a-b",
        "2024-02-29",
        "https://example.com/",
    ];
    let padded = "x".repeat(least.min(4_096));
    let fits = |text: &&str| {
        let length = text.chars().count();
        length >= least
            && length <= most
            && !text.is_empty()
            && text.is_ascii()
            && !text.contains(['{', '}', '\n'])
            && pattern
                .as_ref()
                .is_none_or(|(pattern, _)| pattern.is_match(text))
    };
    let made_up = pattern.as_ref().and_then(|(_, text)| text.as_deref());
    let candidates: Vec<&str> = match format {
        Some(format) => vec![format],
        None if pattern.is_some() => own.chain(common).chain(made_up).collect(),
        None => common.into_iter().chain([padded.as_str()]).collect(),
    };
    candidates.into_iter().find(fits).map(Value::from)
}

fn of_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "2024-02-29",
        "date-time" => "2024-02-29T12:30:00Z",
        "time" => "12:30:00Z",
        "uuid" => "123e4567-e89b-42d3-a456-426614174000",
        "email" => "a.b@example.com",
        "uri" | "url" | "iri" => "https://example.com/p?q=1",
        "hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" => "aGVsbG8=",
        _ => return None,
    })
}
