//! How deep a schema nests as JSON.

use serde_json::{Map, Value};

use super::subschemas;

/// Objects and lists within each other. Common readers of JSON stop at 128, and a list of
/// tools has some around each schema; beyond it no tool of the list would be read.
pub const MOST: usize = 96;

/// A schema with its list or map of schemas.
const EACH: usize = 2;

/// Lets parts that are too deep take any value. Whether there were any.
pub fn cut(schema: &mut Value, most: usize) -> bool {
    if levels(schema) <= most {
        return false;
    }
    if most <= 2 * EACH {
        *schema = Value::Object(Map::new());
        return true;
    }
    subschemas::each_mut(schema, &mut |inner| {
        cut(inner, most - EACH);
    });
    // What is too deep still are values that are shown or compared.
    if let Value::Object(keywords) = schema {
        keywords.retain(|_, value| levels(value) < most);
    }
    true
}

fn levels(value: &Value) -> usize {
    let inner = match value {
        Value::Array(items) => items.iter().map(levels).max(),
        Value::Object(members) => members.values().map(levels).max(),
        _ => return 0,
    };
    1 + inner.unwrap_or_default()
}
