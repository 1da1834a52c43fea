//! Changes that a specification can go through.

use bolero::TypeGenerator;
use serde_json::{Value, json};

use crate::tokens::PAYLOADS;

/// A change of bytes.
#[derive(Clone, Copy, Debug, TypeGenerator)]
pub struct Splice {
    place: u32,
    length: u8,
    kind: u8,
    other: u32,
}

/// A change of values.
#[derive(Clone, Copy, Debug, TypeGenerator)]
pub struct Edit {
    place: u32,
    kind: u8,
    other: u32,
}

/// What breaks the grammar of JSON and YAML, and what is long.
const PIECES: [&str; 20] = [
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\n",
    "\t",
    "&a ",
    "*a",
    "<<: ",
    "!!binary ",
    "---\n",
    "\u{feff}",
    "\\u0000",
    "\\ud800",
    "1e999",
    "%",
];

pub fn splice(bytes: &mut Vec<u8>, splice: Splice) {
    let start = splice.place as usize % (bytes.len() + 1);
    let end = (start + usize::from(splice.length)).min(bytes.len());
    let other = splice.other as usize;
    match splice.kind % 5 {
        0 => drop(bytes.drain(start..end)),
        1 => {
            let piece = bytes[start..end].to_vec();
            let to = other % (bytes.len() + 1);
            bytes.splice(to..to, piece);
        }
        2 => {
            let piece = PIECES[other % PIECES.len()];
            bytes.splice(start..start, piece.bytes());
        }
        3 => {
            let payload = PAYLOADS[other % PAYLOADS.len()];
            bytes.splice(start..end, payload.bytes());
        }
        _ => bytes[start..end].fill(splice.other.to_le_bytes()[0]),
    }
}

pub fn edit(tree: &mut Value, edit: Edit) {
    let pointers = pointers(tree);
    let pointer = &pointers[edit.place as usize % pointers.len()];
    let other = edit.other as usize;
    let payload = PAYLOADS[other % PAYLOADS.len()];
    let elsewhere = &pointers[other % pointers.len()];
    let donor = tree.pointer(elsewhere).cloned().unwrap_or_default();
    let Some(value) = tree.pointer_mut(pointer) else {
        return;
    };
    match edit.kind % 9 {
        0 => *value = payload.into(),
        1 => *value = odd(other),
        2 if size(&donor) < 2_000 => *value = donor,
        3 => *value = json!({ "$ref": format!("#{elsewhere}") }),
        4 => *value = (0..other % 100).fold(value.take(), |inner, _| json!([inner])),
        5 => *value = (0..other % 100).fold(value.take(), |inner, _| json!({ "allOf": [inner] })),
        6 => remove(value, other),
        7 => rename(value, other, payload),
        8 => repeat(value, other),
        _ => {}
    }
}

/// Puts `text` in the place of one of the tree's texts.
pub fn replace_text(tree: &mut Value, place: u32, text: &str) {
    let mut pointers = pointers(tree);
    pointers.retain(|pointer| tree.pointer(pointer).is_some_and(Value::is_string));
    if pointers.is_empty() {
        return;
    }
    let pointer = &pointers[place as usize % pointers.len()];
    if let Some(value) = tree.pointer_mut(pointer) {
        *value = text.into();
    }
}

/// Where each value stands (RFC 6901), the root first.
fn pointers(tree: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut next = 0;
    while next < found.len() {
        let at = found[next].clone();
        match tree.pointer(&at) {
            Some(Value::Array(items)) => {
                found.extend((0..items.len()).map(|index| format!("{at}/{index}")));
            }
            Some(Value::Object(members)) => {
                let escaped = members
                    .keys()
                    .map(|key| key.replace('~', "~0").replace('/', "~1"));
                found.extend(escaped.map(|key| format!("{at}/{key}")));
            }
            _ => {}
        }
        next += 1;
    }
    found
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

fn odd(which: usize) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(1.5e300),
        json!(""),
        json!([]),
        json!({}),
        json!([[]]),
        json!("object"),
        json!("array"),
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/" }),
        json!({ "$ref": "#/components/schemas/%7e1~1~01" }),
        json!({ "type": ["object", "null"], "properties": { "": {} }, "required": [""] }),
        json!("x".repeat(5_000)),
    ];
    odd[which % odd.len()].clone()
}

fn remove(value: &mut Value, which: usize) {
    match value {
        Value::Array(items) if !items.is_empty() => drop(items.remove(which % items.len())),
        Value::Object(members) if !members.is_empty() => {
            let key = members.keys().nth(which % members.len()).cloned();
            key.and_then(|key| members.shift_remove(&key));
        }
        other => *other = Value::Null,
    }
}

/// Calls a member by another name: a hostile one, or one that means something.
fn rename(value: &mut Value, which: usize, payload: &str) {
    const KNOWN: [&str; 16] = [
        "$ref",
        "allOf",
        "oneOf",
        "not",
        "items",
        "properties",
        "required",
        "enum",
        "default",
        "type",
        "schema",
        "content",
        "parameters",
        "security",
        "x-mcp-name",
        "/{a}/{a}",
    ];
    let Some(members) = value.as_object_mut().filter(|members| !members.is_empty()) else {
        return;
    };
    let key = members.keys().nth(which % members.len()).cloned();
    let name = if which.is_multiple_of(3) {
        payload
    } else {
        KNOWN[which % KNOWN.len()]
    };
    if let Some(member) = key.and_then(|key| members.shift_remove(&key)) {
        members.insert(name.to_owned(), member);
    }
}

/// Has each member of a container once more, with a name of its own where it has one.
fn repeat(value: &mut Value, which: usize) {
    match value {
        Value::Array(items) if items.len() < 200 => items.extend_from_within(..),
        Value::Object(members) if members.len() < 200 => {
            let copies: Vec<_> = members
                .iter()
                .map(|(key, member)| (format!("{key}{which}"), member.clone()))
                .collect();
            members.extend(copies);
        }
        _ => {}
    }
}
