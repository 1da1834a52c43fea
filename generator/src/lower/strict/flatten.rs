//! References and `allOf` written out.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Keywords, room::Room};
use crate::lower::schema::Definitions;

/// `schema` with what it refers to and all its `allOf` in one; `None` where that can't
/// be said in one, is recursive or has no room. The names of the definitions that were
/// followed are added to `within`.
pub fn flatten(
    schema: &Value,
    definitions: &Definitions,
    within: &mut Vec<String>,
    room: &mut Room,
) -> Option<Keywords> {
    room.take(schema)?;
    let mut flat = schema.as_object()?.clone();
    if let Some(reference) = flat.shift_remove("$ref") {
        let name = reference.as_str()?.to_owned();
        if within.contains(&name) {
            return None;
        }
        let target = definitions.follow(&name)?;
        within.push(name);
        let target = flatten(target, definitions, within, room)?;
        flat = merged(flat, target)?;
    }
    if let Some(Value::Array(branches)) = flat.shift_remove("allOf") {
        for branch in &branches {
            let branch = flatten(branch, definitions, within, room)?;
            flat = merged(flat, branch)?;
        }
    }
    Some(flat)
}

/// What holds where both hold. Of rules that are only prose those of the first count.
fn merged(mut one: Keywords, two: Keywords) -> Option<Keywords> {
    for (keyword, value) in two {
        let Some(own) = one.get_mut(&keyword) else {
            one.insert(keyword, value);
            continue;
        };
        if *own == value {
            continue;
        }
        match keyword.as_str() {
            "properties" => both_properties(own.as_object_mut()?, value)?,
            "required" => {
                let own = own.as_array_mut()?;
                let known: HashSet<_> = own.iter().collect();
                let more = value.as_array()?.iter();
                let new: Vec<_> = more.filter(|name| !known.contains(name)).cloned().collect();
                own.extend(new);
            }
            "type" => *own = both_types(own, &value)?,
            "enum" => {
                let other: HashSet<_> = value.as_array()?.iter().collect();
                own.as_array_mut()?.retain(|value| other.contains(value));
            }
            "items" => *own = json!({ "allOf": [own, value] }),
            "additionalProperties" if *own == Value::Bool(false) => {}
            "additionalProperties" if value == Value::Bool(false) => *own = value,
            "anyOf"
            | "oneOf"
            | "additionalProperties"
            | "patternProperties"
            | "prefixItems"
            | "const" => return None,
            _ => {}
        }
    }
    Some(one)
}

fn both_properties(own: &mut Keywords, others: Value) -> Option<()> {
    let Value::Object(others) = others else {
        return None;
    };
    for (name, schema) in others {
        match own.get_mut(&name) {
            Some(known) if *known == schema => {}
            Some(known) => *known = json!({ "allOf": [known, schema] }),
            None => drop(own.insert(name, schema)),
        }
    }
    Some(())
}

/// The types that both admit; `None` where there is none.
fn both_types(one: &Value, two: &Value) -> Option<Value> {
    let list = |types: &Value| match types {
        Value::Array(types) => types.clone(),
        one => vec![one.clone()],
    };
    let (one, two) = (list(one), list(two));
    let holds = |types: &[Value], kind: &Value| {
        types.contains(kind) || kind == "integer" && types.contains(&json!("number"))
    };
    let mut both: Vec<_> = one.iter().filter(|kind| holds(&two, kind)).collect();
    for kind in two.iter().filter(|kind| holds(&one, kind)) {
        if !both.contains(&kind) {
            both.push(kind);
        }
    }
    // A whole number is a number: where both are left, it is the narrower one.
    if both.contains(&&json!("integer")) {
        both.retain(|kind| **kind != "number");
    }
    match both.as_slice() {
        [] => None,
        [only] => Some((*only).clone()),
        several => Some(json!(several)),
    }
}
