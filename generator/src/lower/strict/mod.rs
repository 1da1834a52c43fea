//! Input schemas in the words that the strictest model providers take.
//!
//! OpenAI's strict functions want every property required and every object closed,
//! Gemini's function declarations have one type a schema and no composition but
//! `anyOf`, and neither knows most rules. So a schema is said anew: references and
//! `allOf` are written out, an optional property is one that may be `null`, rules
//! become sentences, and what can't be said at all, such as a dictionary or a
//! recursive schema, becomes a text of JSON. Which properties are so changed is kept
//! as pointers, by which the runtime undoes it before it checks the full schema.

mod flatten;
mod object;
mod room;
mod rules;

use serde_json::{Map, Value, json};

use super::schema::Definitions;
use crate::ir::Strict;
use flatten::flatten;
pub use room::Room;

/// Levels of objects and lists within each other (OpenAI, Structured Outputs: 5 where
/// it is least).
const LEVELS: usize = 5;
/// Properties in all (the same: 100 where it is least).
const PROPERTIES: usize = 100;
/// Characters of names and enumerated values in all (the same).
const CHARACTERS: usize = 15_000;
/// Values of one enumeration (the same), above which it becomes prose.
const VALUES: usize = 250;
/// Alternatives side by side, each of which is written out.
const ALTERNATIVES: usize = 16;
/// Schemas that are looked at before the rest is a text.
const SCHEMAS: usize = 4_000;

/// `schema`, an object of arguments, for strict providers. The deepest that keeps
/// within their limits; where even the flattest does not, that one. What there is no
/// `room` for is a text.
pub fn strict(schema: &Value, definitions: &Definitions, room: &mut Room) -> Strict {
    room.next_tool();
    let mut written = |levels| {
        let mut writer = Writer::new(definitions, levels, room);
        let schema = writer.root(schema);
        let fits = writer.properties <= PROPERTIES && writer.characters <= CHARACTERS;
        let strict = Strict {
            schema,
            absent: writer.absent,
            json: writer.json,
        };
        (fits, strict)
    };
    let mut deeper = (2..=LEVELS).rev().map(&mut written);
    let fitting = deeper.find(|(fits, _)| *fits);
    let (_, strict) = fitting.unwrap_or_else(|| written(1));
    strict
}

type Keywords = Map<String, Value>;

struct Writer<'a> {
    definitions: &'a Definitions,
    room: &'a mut Room,
    levels: usize,
    /// Names of the definitions that are being written out.
    within: Vec<String>,
    absent: Vec<String>,
    json: Vec<String>,
    properties: usize,
    characters: usize,
    schemas: usize,
}

/// Where a writer was, to go back to.
struct Mark {
    absent: usize,
    json: usize,
    properties: usize,
    characters: usize,
    within: usize,
}

impl<'a> Writer<'a> {
    fn new(definitions: &'a Definitions, levels: usize, room: &'a mut Room) -> Self {
        Self {
            definitions,
            room,
            levels,
            within: Vec::new(),
            absent: Vec::new(),
            json: Vec::new(),
            properties: 0,
            characters: 0,
            schemas: 0,
        }
    }

    fn root(&mut self, schema: &Value) -> Value {
        let empty = Keywords::new();
        self.object(schema.as_object().unwrap_or(&empty), "", 1)
            .unwrap_or_else(|| object::closed(Keywords::new()))
    }

    /// The schema of what stands at `pointer`, as a text of JSON where it can't be said.
    fn part(&mut self, schema: &Value, pointer: &str, level: usize) -> Value {
        self.native(schema, pointer, level).unwrap_or_else(|| {
            self.json.push(pointer.to_owned());
            rules::as_json(schema)
        })
    }

    /// The schema itself, or `None` where it can't be said.
    fn native(&mut self, schema: &Value, pointer: &str, level: usize) -> Option<Value> {
        let mark = self.mark();
        self.schemas += 1;
        // What is too much already will be written anew, less deep.
        let goes_on = self.properties <= PROPERTIES || self.levels == 1;
        let written = (goes_on && self.schemas <= SCHEMAS)
            .then(|| flatten(schema, self.definitions, &mut self.within, self.room))
            .flatten()
            .and_then(|flat| self.flat(flat, pointer, level));
        self.within.truncate(mark.within);
        if written.is_none() {
            self.back_to(&mark);
        }
        written
    }

    /// A schema without references and `allOf`.
    fn flat(&mut self, mut flat: Keywords, pointer: &str, level: usize) -> Option<Value> {
        let description = rules::description(&flat);
        let branches = flat.shift_remove("anyOf");
        let branches = branches.or_else(|| flat.shift_remove("oneOf"));
        let mut written = match branches {
            Some(branches) => self.alternatives(branches.as_array()?, flat, pointer, level)?,
            None => self.typed(&flat, pointer, level)?,
        };
        if let (Some(text), Value::Object(keywords)) = (description, &mut written) {
            keywords.insert("description".to_owned(), text.into());
        }
        Some(written)
    }

    /// Alternatives, of which each holds beside `rest`. None of them is a text of JSON,
    /// which could not be told from a text among the others.
    fn alternatives(
        &mut self,
        branches: &[Value],
        rest: Keywords,
        pointer: &str,
        level: usize,
    ) -> Option<Value> {
        if branches.len() > ALTERNATIVES || rest.contains_key("oneOf") {
            return None;
        }
        let rest: Keywords = rest
            .into_iter()
            .filter(|(keyword, _)| rules::is_structure(keyword))
            .collect();
        let texts = self.json.len();
        let mut written = Vec::new();
        for branch in branches {
            let branch = if rest.is_empty() {
                branch.clone()
            } else {
                json!({ "allOf": [branch, rest] })
            };
            let branch = self.native(&branch, pointer, level)?;
            match branch.get("anyOf").and_then(Value::as_array) {
                Some(inner) => written.extend(inner.iter().cloned()),
                None => written.push(branch),
            }
        }
        (self.json.len() == texts).then(|| any_of(written))?
    }

    /// A schema of one type or several.
    fn typed(&mut self, flat: &Keywords, pointer: &str, level: usize) -> Option<Value> {
        let kinds = rules::kinds(flat)?;
        let mut written = Vec::new();
        let texts = self.json.len();
        for kind in &kinds {
            written.push(match *kind {
                "object" => self.object(flat, pointer, level)?,
                "array" => self.array(flat, pointer, level)?,
                "string" => self.string(flat),
                kind => json!({ "type": kind }),
            });
        }
        let told_apart = self.json.len() == texts || !kinds.contains(&"string");
        told_apart.then(|| any_of(written))?
    }

    fn string(&mut self, flat: &Keywords) -> Value {
        match rules::texts(flat) {
            Some(values) => {
                self.characters += values.iter().map(|value| value.len()).sum::<usize>();
                json!({ "type": "string", "enum": values })
            }
            None => json!({ "type": "string" }),
        }
    }

    fn array(&mut self, flat: &Keywords, pointer: &str, level: usize) -> Option<Value> {
        if level > self.levels || flat.contains_key("prefixItems") {
            return None;
        }
        let items = flat.get("items").cloned().unwrap_or(Value::Bool(true));
        let items = self.part(&items, &format!("{pointer}/*"), level + 1);
        Some(json!({ "type": "array", "items": items }))
    }

    fn mark(&self) -> Mark {
        Mark {
            absent: self.absent.len(),
            json: self.json.len(),
            properties: self.properties,
            characters: self.characters,
            within: self.within.len(),
        }
    }

    fn back_to(&mut self, mark: &Mark) {
        self.absent.truncate(mark.absent);
        self.json.truncate(mark.json);
        self.properties = mark.properties;
        self.characters = mark.characters;
    }
}

/// Any of several schemas, each once; `null` last.
fn any_of(written: Vec<Value>) -> Option<Value> {
    let mut different: Vec<Value> = Vec::new();
    for schema in written {
        if !different.contains(&schema) {
            different.push(schema);
        }
    }
    different.sort_by_key(is_null);
    match different.len() {
        0 => None,
        1 => different.pop(),
        _ => Some(json!({ "anyOf": different })),
    }
}

/// `schema`, or `null`.
fn or_null(schema: Value) -> Value {
    let Value::Object(mut outer) = schema else {
        return schema;
    };
    let description = outer.shift_remove("description");
    let mut branches = match outer.shift_remove("anyOf") {
        Some(Value::Array(branches)) => branches,
        _ => vec![Value::Object(outer)],
    };
    if !branches.iter().any(is_null) {
        branches.push(json!({ "type": "null" }));
    }
    let mut schema = json!({ "anyOf": branches });
    if let Some(text) = description {
        schema["description"] = text;
    }
    schema
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null")
}
