//! What strict schemas can't say, as prose, and what of a schema they can.

use serde_json::{Value, json};

use super::{Keywords, VALUES};
use crate::lower::schema::TYPES;
use crate::text;

/// As much of a description as every provider shows.
const DESCRIPTION_BYTES: usize = 1_024;
/// As much of a schema as is worth reading in prose.
const SCHEMA_BYTES: usize = 500;

/// The types of a schema, by its `type` or by what else it says; `None` where it says
/// nothing of it.
pub fn kinds(flat: &Keywords) -> Option<Vec<&'static str>> {
    let known = |kind: &Value| TYPES.into_iter().find(|known| kind == known);
    let says = |keyword: &str| flat.contains_key(keyword);
    let kinds = match flat.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().map(known).collect::<Option<Vec<_>>>()?,
        Some(kind) => vec![known(kind)?],
        None if says("properties") || says("additionalProperties") => vec!["object"],
        None if says("items") => vec!["array"],
        None => {
            let mut kinds: Vec<_> = values(flat)?.iter().map(kind_of).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds
        }
    };
    (!kinds.is_empty()).then_some(kinds)
}

/// The texts of an enumeration that can be said.
pub fn texts(flat: &Keywords) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    for value in values(flat)? {
        match value {
            Value::String(text) if !text.is_empty() => texts.push(text),
            // Said by the type beside it.
            Value::Null => {}
            _ => return None,
        }
    }
    (!texts.is_empty() && texts.len() <= VALUES).then_some(texts)
}

fn values(flat: &Keywords) -> Option<Vec<Value>> {
    match (flat.get("const"), flat.get("enum")) {
        (Some(value), _) => Some(vec![value.clone()]),
        (None, Some(Value::Array(values))) => Some(values.clone()),
        _ => None,
    }
}

fn kind_of(value: &Value) -> &'static str {
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

/// Whether a keyword says what a value is made of, rather than a rule or a text.
pub fn is_structure(keyword: &str) -> bool {
    matches!(
        keyword,
        "type"
            | "properties"
            | "required"
            | "items"
            | "prefixItems"
            | "additionalProperties"
            | "patternProperties"
            | "enum"
            | "const"
    )
}

/// The description of a schema with its rules as sentences.
pub fn description(flat: &Keywords) -> Option<String> {
    let own = flat.get("description").or_else(|| flat.get("title"));
    let own = own.and_then(Value::as_str).unwrap_or_default().trim();
    let mut parts: Vec<String> = Vec::new();
    if flat.get("deprecated") == Some(&Value::Bool(true)) {
        parts.push("Deprecated.".to_owned());
    }
    if !own.is_empty() {
        parts.push(own.to_owned());
    }
    parts.extend(
        flat.iter()
            .filter_map(|(keyword, value)| sentence(keyword, value)),
    );
    if texts(flat).is_none()
        && let Some(values) = values(flat)
    {
        let values: Vec<_> = values.iter().map(Value::to_string).collect();
        parts.push(format!("One of {}.", values.join(", ")));
    }
    let text = text::cap(&parts.join(" "), DESCRIPTION_BYTES);
    (!text.is_empty()).then_some(text)
}

fn sentence(keyword: &str, value: &Value) -> Option<String> {
    let text = || {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    Some(match keyword {
        "format" => format!("Format: {}.", text()),
        "pattern" => format!("Matches `{}`.", text()),
        "minimum" => format!("At least {value}."),
        "maximum" => format!("At most {value}."),
        "exclusiveMinimum" => format!("More than {value}."),
        "exclusiveMaximum" => format!("Less than {value}."),
        "multipleOf" => format!("A multiple of {value}."),
        "minLength" => format!("At least {value} characters."),
        "maxLength" => format!("At most {value} characters."),
        "minItems" => format!("At least {value} items."),
        "maxItems" => format!("At most {value} items."),
        "uniqueItems" => "No item twice.".to_owned(),
        "default" => format!("Default: {value}."),
        "examples" => format!("Example: {}.", value.get(0)?),
        "contentEncoding" => format!("Encoded as {}.", text()),
        "contentMediaType" => format!("Of media type {}.", text()),
        "not" | "if" | "dependentRequired" | "dependentSchemas" | "contains" | "propertyNames" => {
            format!(
                "`{keyword}`: {}",
                text::cap(&value.to_string(), SCHEMA_BYTES)
            )
        }
        _ => return None,
    })
}

/// What can't be said: a text that holds it.
pub fn as_json(schema: &Value) -> Value {
    let empty = Keywords::new();
    let keywords = schema.as_object().unwrap_or(&empty);
    let what = match keywords.get("type").and_then(Value::as_str) {
        Some("object") => "A JSON object, as text.",
        Some("array") => "A JSON array, as text.",
        _ => "A JSON value, as text; a string in it has its quotes.",
    };
    let mut parts = Vec::new();
    parts.extend(keywords.get("description").and_then(Value::as_str));
    parts.push(what);
    let mut rest = keywords.clone();
    rest.shift_remove("description");
    let shown = format!("Its schema: {}", Value::Object(rest));
    let stands_alone = !shown.contains("\"$ref\"");
    if shown.len() <= SCHEMA_BYTES && stands_alone && keywords.len() > 1 {
        parts.push(&shown);
    }
    json!({ "type": "string", "description": text::cap(&parts.join(" "), DESCRIPTION_BYTES) })
}
