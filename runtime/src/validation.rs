//! Arguments against a tool's own input schema (JSON Schema 2020-12).

use jsonschema::{
    Draft, PatternOptions, Registry, ValidationError, Validator, error::ValidationErrorKind,
};
use serde_json::{Map, Value, json};

/// The largest program that one `pattern` may compile to, in bytes: `regex` matches in linear time,
/// so its size is all that a hostile pattern could spend.
const PATTERN_SIZE: usize = 1024 * 1024;

/// How many faults are told at once.
const TOLD: usize = 8;

/// How many keywords that can not be compiled are left out before the schema is given up.
const LEFT_OUT: usize = 64;

/// The name under which a tool's schema is referred to while it is compiled.
const ARGUMENTS: &str = "toolmill:arguments";

/// Compiles a tool's input schema.
///
/// A keyword that can not be compiled, such as a `pattern` beyond what `regex` reads, stays in the
/// published schema and is not enforced.
///
/// # Errors
/// A sentence for the caller of the tool.
pub(crate) fn compile(schema: Map<String, Value>) -> Result<Validator, String> {
    let mut schema = Value::Object(schema);
    let mut fault = String::new();
    for _ in 0..LEFT_OUT {
        let error = match build(&schema) {
            Ok(validator) => return Ok(validator),
            Err(error) => error,
        };
        let left_out = match error.kind() {
            ValidationErrorKind::Referencing(_) => leave_out_references(&mut schema),
            // The way leads through the reference of `build`.
            _ => {
                let location = error.instance_path().as_str();
                leave_out(
                    &mut schema,
                    location.strip_prefix("/$ref").unwrap_or(location),
                )
            }
        };
        fault = error.masked().to_string();
        if !left_out {
            break;
        }
    }
    Err(format!(
        "The tool's input schema can not be used ({fault}): regenerate the server."
    ))
}

/// Compiles a schema as it is.
///
/// The schema is reached by a reference from one of draft 4, since jsonschema checks what it is
/// given against its draft's meta-schema first: compiling that of 2020-12 takes several times as
/// long as the whole rest of a server's first call, and that of draft 4 next to nothing.
fn build(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    let registry = Registry::new()
        .draft(Draft::Draft202012)
        .add(
            ARGUMENTS,
            Draft::Draft202012.create_resource(schema.clone()),
        )?
        .prepare()?;
    let pattern = PatternOptions::regex()
        .size_limit(PATTERN_SIZE)
        .dfa_size_limit(PATTERN_SIZE);
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .with_registry(&registry)
        .with_pattern_options(pattern)
        .should_validate_formats(false)
        .build(&json!({ "$ref": ARGUMENTS }))
}

/// Removes the keyword at `pointer` (RFC 6901), which may lead through references.
fn leave_out(schema: &mut Value, pointer: &str) -> bool {
    let path: Vec<String> = segments(pointer).collect();
    let Some((keyword, path)) = follow(schema, path) else {
        return false;
    };
    let Some(parent) = schema.pointer_mut(&pointer_of(&path)) else {
        return false;
    };
    let removed = match parent {
        Value::Object(members) => members.shift_remove(&keyword).is_some(),
        Value::Array(items) => match keyword.parse::<usize>() {
            Ok(index) if index < items.len() => {
                items.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    };
    // What the pattern would have allowed must not fall to `additionalProperties: false` now.
    if removed && path.last().is_some_and(|name| name == "patternProperties") {
        let outer = pointer_of(&path[..path.len() - 1]);
        if let Some(Value::Object(members)) = schema.pointer_mut(&outer) {
            members.shift_remove("additionalProperties");
            members.shift_remove("unevaluatedProperties");
        }
    }
    removed
}

/// Splits a location into its last segment and the path to it, with references on the way followed.
fn follow(schema: &Value, location: Vec<String>) -> Option<(String, Vec<String>)> {
    let mut path: Vec<String> = Vec::new();
    let mut location = location.into_iter().peekable();
    while let Some(segment) = location.next() {
        if location.peek().is_none() {
            return Some((segment, path));
        }
        path.push(segment);
        if path.last().is_some_and(|name| name == "$ref")
            && let Some(Value::String(target)) = schema.pointer(&pointer_of(&path))
        {
            path = segments(target.strip_prefix('#')?).collect();
        }
    }
    None
}

/// Removes every reference that leads nowhere or out of the schema.
fn leave_out_references(schema: &mut Value) -> bool {
    let whole = schema.clone();
    let mut removed = false;
    let mut rest = vec![schema];
    while let Some(value) = rest.pop() {
        match value {
            Value::Object(members) => {
                let dead = matches!(members.get("$ref"), Some(Value::String(target))
                    if target.strip_prefix('#').and_then(|pointer| whole.pointer(pointer)).is_none());
                if dead {
                    members.shift_remove("$ref");
                    removed = true;
                }
                rest.extend(members.values_mut());
            }
            Value::Array(items) => rest.extend(items),
            _ => {}
        }
    }
    removed
}

fn segments(pointer: &str) -> impl Iterator<Item = String> {
    pointer
        .split('/')
        .skip(1)
        .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
}

fn pointer_of(path: &[String]) -> String {
    path.iter()
        .map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1")))
        .collect()
}

/// Checks arguments.
///
/// # Errors
/// What is wrong with which argument, and what was expected, for the caller of the tool.
pub(crate) fn check(validator: &Validator, arguments: &Value) -> Result<(), String> {
    if validator.is_valid(arguments) {
        return Ok(());
    }
    let mut text = String::from("The arguments do not match the tool's input schema:");
    let mut errors = validator.iter_errors(arguments);
    for error in errors.by_ref().take(TOLD) {
        text.push_str(&format!("\n- {}", sentence(&error)));
    }
    let more = errors.count();
    if more > 0 {
        text.push_str(&format!("\n- and {more} more"));
    }
    Err(text)
}

/// The arguments that are `null` where their schema admits none, if that is all that is wrong.
pub(crate) fn unwanted_nulls(validator: &Validator, arguments: &Value) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for error in validator.iter_errors(arguments) {
        if !error.instance().is_null() {
            return None;
        }
        let mut path = segments(error.instance_path().as_str());
        let (Some(name), None) = (path.next(), path.next()) else {
            return None;
        };
        names.push(name);
    }
    Some(names)
}

fn sentence(error: &ValidationError<'_>) -> String {
    let pointer = error.instance_path().as_str();
    let place = if pointer.is_empty() {
        "the arguments"
    } else {
        pointer
    };
    let branches = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context
        }
        _ => return format!("`{place}`: {}", expected(error)),
    };
    let reasons: Vec<String> = branches
        .iter()
        .take(TOLD)
        .filter_map(|errors| errors.first())
        .map(|error| {
            format!("{} {}", error.instance_path().as_str(), expected(error))
                .trim()
                .to_owned()
        })
        .collect();
    format!(
        "`{place}`: it matches none of the alternatives ({})",
        reasons.join("; or ")
    )
}

/// What was expected. The value itself is left out: it may be long, and the caller has it.
fn expected(error: &ValidationError<'_>) -> String {
    let mut text = error.masked_with("the value").to_string();
    if let Some((end, _)) = text.char_indices().nth(500) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_valid(schema: &Value, arguments: &Value) -> bool {
        let schema = schema.as_object().cloned().expect("an object");
        check(&compile(schema).expect("a validator"), arguments).is_ok()
    }

    #[test]
    fn keywords_mean_what_2020_12_says() {
        for (schema, good, bad) in [
            (
                json!({"prefixItems": [{"type": "string"}], "items": false}),
                json!(["a"]),
                json!(["a", 1]),
            ),
            (json!({"exclusiveMinimum": 1}), json!(2), json!(1)),
            (
                json!({"dependentRequired": {"a": ["b"]}}),
                json!({"a": 1, "b": 1}),
                json!({"a": 1}),
            ),
            (
                json!({"$ref": "#/$defs/A", "maxLength": 2, "$defs": {"A": {"type": "string"}}}),
                json!("ab"),
                json!("abc"),
            ),
            (
                json!({"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}),
                json!({"a": 1}),
                json!({"b": 1}),
            ),
            (
                json!({"$ref": "#/$defs/T", "$defs": {"T": {"properties": {"t": {"$ref": "#/$defs/T"}}, "additionalProperties": false}}}),
                json!({"t": {"t": {}}}),
                json!({"t": {"t": {"u": 1}}}),
            ),
            (
                json!({"const": 9007199254740993_i64}),
                json!(9007199254740993_i64),
                json!(9007199254740992_i64),
            ),
            (
                json!({"type": "string", "format": "date"}),
                json!("not a date"),
                json!(1),
            ),
        ] {
            assert!(is_valid(&schema, &good), "{schema} {good}");
            assert!(!is_valid(&schema, &bad), "{schema} {bad}");
        }
    }

    #[test]
    fn nonsense_is_left_out_and_nothing_panics() {
        let keywords = [
            "$ref",
            "$dynamicRef",
            "$defs",
            "additionalProperties",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "then",
            "contains",
            "minContains",
            "dependentRequired",
            "dependentSchemas",
            "enum",
            "exclusiveMaximum",
            "items",
            "prefixItems",
            "maxItems",
            "maxLength",
            "maximum",
            "minProperties",
            "multipleOf",
            "pattern",
            "patternProperties",
            "properties",
            "propertyNames",
            "required",
            "type",
            "unevaluatedItems",
            "unevaluatedProperties",
            "uniqueItems",
            "$id",
            "$anchor",
            "$schema",
            "format",
            "contentEncoding",
        ];
        let values = [
            json!(null),
            json!(true),
            json!("("),
            json!(-1),
            json!(1.5),
            json!([]),
            json!([5, "x", null]),
            json!({"x": 5}),
            json!({"(": "y"}),
            json!({"x": {"type": 5}}),
            json!("http://evil.test/x"),
            json!(0),
        ];
        for keyword in keywords {
            for value in &values {
                let inner = json!({ keyword: value });
                let mut schema = json!({"properties": {"a": inner, "b": {"type": "string"}}});
                schema["required"] = json!(["b"]);
                let Ok(validator) = compile(schema.as_object().cloned().expect("an object")) else {
                    assert!(keyword.starts_with('$'), "{keyword} {value}");
                    continue;
                };
                assert!(check(&validator, &json!({})).is_err(), "{keyword} {value}");
                let _ = check(&validator, &json!({"b": "x", "a": {"x": [1, "a"]}}));
            }
        }
    }
}
