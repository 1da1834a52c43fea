//! Objects: every property required, none beside them.

use serde_json::{Value, json};

use super::{Keywords, Writer, or_null};
use crate::words::is_argument;

impl Writer<'_> {
    /// An object, or `None` where its properties are not all known by name.
    pub fn object(&mut self, flat: &Keywords, pointer: &str, level: usize) -> Option<Value> {
        let is_closed = match flat.get("additionalProperties") {
            None => false,
            Some(others) => {
                if *others != Value::Bool(false) {
                    return None;
                }
                true
            }
        };
        if level > self.levels || flat.contains_key("patternProperties") {
            return None;
        }
        let none = Keywords::new();
        let properties = flat
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&none);
        let required: Vec<_> = names(flat).collect();
        let known = required.iter().all(|name| properties.contains_key(*name));
        let sayable = properties.keys().all(|name| is_argument(name));
        // Without any property it says nothing; only the arguments as a whole may be that.
        let says_nothing = properties.is_empty() && !(is_closed && pointer.is_empty());
        if !known || !sayable || says_nothing {
            return None;
        }
        let mut written = Keywords::new();
        for (name, schema) in properties {
            // What nothing meets can't be given.
            if *schema == json!({ "not": {} }) {
                continue;
            }
            self.properties += 1;
            self.characters += name.len();
            let at = format!("{pointer}/{name}");
            let mut property = self.part(schema, &at, level + 1);
            if !required.contains(&name.as_str()) {
                property = or_null(property);
                self.absent.push(at);
            }
            written.insert(name.clone(), property);
        }
        Some(closed(written))
    }
}

/// An object of exactly these properties.
pub fn closed(properties: Keywords) -> Value {
    let required: Vec<_> = properties.keys().cloned().collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn names(flat: &Keywords) -> impl Iterator<Item = &str> {
    let required = flat.get("required").and_then(Value::as_array);
    required.into_iter().flatten().filter_map(Value::as_str)
}
