//! Where an answer is not what its documentation says.
//!
//! What an API answers is handed over as it is; that it differs is a warning for whoever keeps the
//! description. Types and required properties are looked at, and alternatives are not: that is most
//! of what drifts, and costs one walk over the answer.

use serde_json::{Map, Value};

use crate::manifest::{Entry, Manifest};

/// How many differences are told.
const TOLD: usize = 4;

/// How many values are looked at.
const SEEN: usize = 10_000;

/// How deep schemas and references lead.
const DEPTH: usize = 32;

/// Differences between an answer and the tool's output schema, as sentences.
pub(crate) fn warnings(manifest: &Manifest, entry: &Entry, answer: &Value) -> Vec<String> {
    let Some(schema) = entry.documented(manifest) else {
        return Vec::new();
    };
    let mut search = Search {
        schema,
        warnings: Vec::new(),
        left: SEEN,
    };
    let wrapped = entry
        .wrap_result
        .then(|| schema.pointer("/properties/result"));
    let root = wrapped.flatten().unwrap_or(schema);
    search.value(root, answer, &mut Vec::new(), DEPTH);
    search.warnings
}

struct Search<'a> {
    schema: &'a Value,
    warnings: Vec<String>,
    left: usize,
}

impl<'a> Search<'a> {
    fn value(
        &mut self,
        schema: &'a Value,
        value: &'a Value,
        path: &mut Vec<&'a str>,
        depth: usize,
    ) {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 || self.warnings.len() >= TOLD || depth == 0 {
            return;
        }
        let Value::Object(keywords) = schema else {
            return;
        };
        if let Some(target) = keyword(keywords, "$ref").and_then(Value::as_str)
            && let Some(target) = target
                .strip_prefix('#')
                .and_then(|to| self.schema.pointer(to))
        {
            self.value(target, value, path, depth - 1);
        }
        // Outputs are published as what is documented, or anything.
        if let Some([shape, Value::Object(anything)]) = keyword(keywords, "anyOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            && anything.is_empty()
        {
            self.value(shape, value, path, depth - 1);
        }
        if let Some(expected) = keyword(keywords, "type").filter(|kind| !admits(kind, value)) {
            let place = place(path);
            self.warnings.push(format!(
                "{place} is documented as {}, and is {}.",
                named(expected),
                kind(value)
            ));
            return;
        }
        match value {
            Value::Object(members) => self.members(keywords, members, path, depth),
            Value::Array(items) => {
                if let Some(schema) = keyword(keywords, "items") {
                    for item in items.iter().take(self.left) {
                        path.push("*");
                        self.value(schema, item, path, depth - 1);
                        path.pop();
                    }
                }
            }
            _ => {}
        }
    }

    fn members(
        &mut self,
        keywords: &'a Map<String, Value>,
        members: &'a Map<String, Value>,
        path: &mut Vec<&'a str>,
        depth: usize,
    ) {
        let required = keyword(keywords, "required").and_then(Value::as_array);
        let required = required.into_iter().flatten().filter_map(Value::as_str);
        let missing: Vec<_> = required
            .filter(|name| !members.contains_key(*name))
            .collect();
        if !missing.is_empty() {
            let place = place(path);
            self.warnings.push(format!(
                "{place} lacks `{}`, documented as required.",
                missing.join("`, `")
            ));
        }
        let Some(Value::Object(properties)) = keyword(keywords, "properties") else {
            return;
        };
        for (name, value) in members {
            if let Some(schema) = properties.get(name) {
                path.push(name);
                self.value(schema, value, path, depth - 1);
                path.pop();
            }
        }
    }
}

/// A keyword of a schema, which has so few of them that comparing them all takes less than a hash.
fn keyword<'a>(keywords: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let mut keywords = keywords.iter();
    keywords.find_map(|(keyword, value)| (keyword == name).then_some(value))
}

fn place(path: &[&str]) -> String {
    if path.is_empty() {
        "The answer".to_owned()
    } else {
        format!("`/{}`", path.join("/"))
    }
}

fn admits(kinds: &Value, value: &Value) -> bool {
    match kinds {
        Value::Array(kinds) => kinds.iter().any(|kind| admits(kind, value)),
        Value::String(kind) => match kind.as_str() {
            "integer" => value.as_number().is_some_and(is_whole),
            "number" => value.is_number(),
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => true,
        },
        _ => true,
    }
}

/// A number without a fraction, of whatever size.
fn is_whole(number: &serde_json::Number) -> bool {
    let text = number.to_string();
    !text.contains(['.', 'e', 'E']) || number.as_f64().is_some_and(|value| value.fract() == 0.0)
}

fn named(kinds: &Value) -> String {
    match kinds {
        Value::Array(kinds) => {
            let kinds: Vec<_> = kinds.iter().filter_map(Value::as_str).collect();
            kinds.join(" or ")
        }
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
