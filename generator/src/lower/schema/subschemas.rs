//! The schemas directly within a schema.

use serde_json::Value;

use super::keyword::{Shape, shape};

/// Calls `visit` with each schema directly within `schema`, references not followed.
pub fn each(schema: &Value, visit: &mut impl FnMut(&Value)) {
    let Value::Object(keywords) = schema else {
        return;
    };
    for (keyword, value) in keywords {
        match (shape(keyword), value) {
            (Some(Shape::Schema), schema) => visit(schema),
            (Some(Shape::Schemas), Value::Array(schemas)) => schemas.iter().for_each(&mut *visit),
            (Some(Shape::SchemaMap), Value::Object(schemas)) => {
                schemas.values().for_each(&mut *visit)
            }
            _ => {}
        }
    }
}

/// Like [`each`], for changing them.
pub fn each_mut(schema: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    let Value::Object(keywords) = schema else {
        return;
    };
    for (keyword, value) in keywords {
        match (shape(keyword), value) {
            (Some(Shape::Schema), schema) => visit(schema),
            (Some(Shape::Schemas), Value::Array(schemas)) => {
                schemas.iter_mut().for_each(&mut *visit)
            }
            (Some(Shape::SchemaMap), Value::Object(schemas)) => {
                schemas.values_mut().for_each(&mut *visit)
            }
            _ => {}
        }
    }
}

/// Calls `visit` with the `$ref` of `schema` and of all schemas within it.
pub fn references(schema: &Value, visit: &mut dyn FnMut(&str)) {
    if let Some(Value::String(reference)) = schema.get("$ref") {
        visit(reference);
    }
    each(schema, &mut |inner| references(inner, visit));
}

/// Replaces the `$ref` of `schema` and of all schemas within it.
pub fn rename(schema: &mut Value, name: &mut dyn FnMut(&str) -> String) {
    if let Some(Value::String(reference)) = schema.get_mut("$ref") {
        *reference = name(reference);
    }
    each_mut(schema, &mut |inner| rename(inner, name));
}
