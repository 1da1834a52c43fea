//! Forms that OpenAPI has and JSON Schema 2020-12 says otherwise.

use serde_json::{Map, Value, json};

use crate::document::Node;

type Keywords = Map<String, Value>;

/// 3.0: `exclusiveMinimum: true` makes `minimum` exclusive.
pub fn exclusive_bounds(node: &Node, out: &mut Keywords) {
    for (bound, exclusive) in [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ] {
        if node.flag(exclusive)
            && let Some(limit) = out.shift_remove(bound)
        {
            out.insert(exclusive.to_owned(), limit);
        }
    }
}

/// Keywords by which an object or a list is closed, whose truth value every client takes.
pub fn may_be_flag(keyword: &str) -> bool {
    matches!(
        keyword,
        "additionalProperties" | "unevaluatedProperties" | "unevaluatedItems"
    )
}

/// Says of a list without `items` that it may hold anything, as several clients refuse
/// a list that does not say what it holds.
pub fn items_of_lists(out: &mut Keywords) {
    let is_list = match out.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "array"),
        Some(kind) => kind == "array",
        None => false,
    };
    if is_list && !out.contains_key("items") {
        out.insert("items".to_owned(), json!({}));
    }
}

/// 3.0: `nullable: true` admits `null` besides what the schema says.
pub fn nullable(mut schema: Keywords) -> Value {
    let composed = ["allOf", "anyOf", "oneOf", "not", "$ref", "const"]
        .iter()
        .any(|keyword| schema.contains_key(*keyword));
    if composed {
        let mut outer = Map::new();
        if let Some(description) = schema.shift_remove("description") {
            outer.insert("description".to_owned(), description);
        }
        outer.insert("anyOf".to_owned(), json!([schema, { "type": "null" }]));
        return Value::Object(outer);
    }
    if let Some(kind) = schema.get_mut("type") {
        let mut kinds = kind
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![kind.clone()]);
        if !kinds.contains(&json!("null")) {
            kinds.push(json!("null"));
        }
        *kind = Value::Array(kinds);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    Value::Object(schema)
}

/// The same for a schema of any kind.
pub fn or_null(schema: Value) -> Value {
    match schema {
        Value::Object(keywords) => nullable(keywords),
        other => other,
    }
}

/// Asks for one alternative at least, and not for exactly one: those of most specifications overlap
/// (an integer is a number, an object may have further properties), and APIs take what fits both.
/// Where they are conditions alone, such as that one of two properties is there, `oneOf` is meant.
pub fn open_alternatives(out: &mut Keywords) {
    if !out.contains_key("anyOf")
        && !are_conditions(out)
        && let Some(branches) = out.shift_remove("oneOf")
    {
        out.insert("anyOf".to_owned(), branches);
    }
}

/// Whether the alternatives say nothing but which properties are there.
fn are_conditions(out: &Keywords) -> bool {
    let is_condition = |branch: &Value| {
        branch.as_object().is_some_and(|branch| {
            let said = |keyword: &str| {
                matches!(
                    keyword,
                    "required" | "not" | "title" | "description" | "type"
                )
            };
            (branch.contains_key("required") || branch.contains_key("not"))
                && branch.keys().all(|keyword| said(keyword))
        })
    };
    let branches = out.get("oneOf").and_then(Value::as_array);
    branches.is_some_and(|branches| branches.iter().all(is_condition))
}

/// What a discriminator's values stand for, as a sentence.
pub fn choices(discriminator: &Node) -> Option<String> {
    let property = discriminator.get_string("propertyName")?;
    let choice = |(value, target): (&str, &Node)| {
        let name = target.string()?.rsplit('/').next()?.to_owned();
        Some(format!("`{value}` for {name}"))
    };
    let mapping = discriminator.get("mapping")?;
    let choices: Vec<_> = mapping.members().filter_map(choice).collect();
    (!choices.is_empty()).then(|| format!("`{property}` chooses: {}.", choices.join(", ")))
}
