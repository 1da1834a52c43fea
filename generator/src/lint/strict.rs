//! What OpenAI's strict functions and Gemini's function declarations are known to refuse.

use serde_json::Value;

use super::Objection;
use super::client::Client::Strict;

/// Levels of objects and lists (OpenAI, Structured Outputs, where it is least).
const LEVELS: usize = 5;
/// Properties in all (the same).
const PROPERTIES: usize = 100;
/// Characters of names and enumerated values (the same).
const CHARACTERS: usize = 15_000;
/// Characters of a function's description (OpenAI, Azure).
const DESCRIPTION: usize = 1_024;

/// What strict providers mind about a tool as it is listed.
pub fn of_tool(tool: &Value) -> Vec<Objection> {
    let mut sizes = Sizes::default();
    let mut reasons: Vec<_> = sizes
        .schema(&tool["inputSchema"], 1)
        .err()
        .into_iter()
        .collect();
    let description = tool["description"].as_str().unwrap_or_default();
    for (what, size, limit) in [
        ("properties", sizes.properties, PROPERTIES),
        (
            "characters of names and values",
            sizes.characters,
            CHARACTERS,
        ),
        ("levels", sizes.levels, LEVELS),
        (
            "characters of description",
            description.chars().count(),
            DESCRIPTION,
        ),
    ] {
        if size > limit {
            reasons.push(format!("it has {size} {what}, and may have {limit}"));
        }
    }
    let objection = |reason| Objection::refused("lint-strict", &[Strict], reason);
    reasons.into_iter().map(objection).collect()
}

#[derive(Default)]
struct Sizes {
    properties: usize,
    characters: usize,
    levels: usize,
}

impl Sizes {
    /// Counts, or says what is refused.
    fn schema(&mut self, schema: &Value, level: usize) -> Result<(), String> {
        let keywords = schema.as_object().ok_or("a schema is no object")?;
        for (keyword, value) in keywords {
            match keyword.as_str() {
                "description" | "properties" | "required" | "items" | "additionalProperties" => {}
                "type" if value.is_string() => {}
                "anyOf" if level > 1 => {
                    for branch in value.as_array().into_iter().flatten() {
                        self.schema(branch, level)?;
                    }
                }
                "enum" => self.enumeration(value)?,
                _ => return Err(format!("`{keyword}` is not taken as it stands")),
            }
        }
        match schema["type"].as_str() {
            Some("object") => self.object(schema, level),
            Some("array") => {
                self.levels = self.levels.max(level);
                self.schema(&schema["items"], level + 1)
            }
            Some(_) => Ok(()),
            None if schema.get("anyOf").is_some() => Ok(()),
            None => Err("a schema has no `type`".to_owned()),
        }
    }

    fn object(&mut self, schema: &Value, level: usize) -> Result<(), String> {
        self.levels = self.levels.max(level);
        if schema["additionalProperties"] != Value::Bool(false) {
            return Err("an object is open".to_owned());
        }
        let properties = schema["properties"].as_object();
        let properties = properties.ok_or("an object has no `properties`")?;
        if properties.is_empty() && level > 1 {
            return Err("an object has no properties".to_owned());
        }
        let required = schema["required"].as_array();
        for (name, property) in properties {
            if !required.is_some_and(|required| required.iter().any(|one| one == name)) {
                return Err(format!("`{name}` is not required"));
            }
            self.properties += 1;
            self.characters += name.len();
            self.schema(property, level + 1)?;
        }
        Ok(())
    }

    fn enumeration(&mut self, values: &Value) -> Result<(), String> {
        for value in values.as_array().into_iter().flatten() {
            match value.as_str() {
                Some(text) if !text.is_empty() => self.characters += text.len(),
                _ => return Err(format!("`enum` holds {value}")),
            }
        }
        Ok(())
    }
}
