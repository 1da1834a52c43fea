//! What clients are known to refuse.
//!
//! Each rule is one that users of a client met as an error: Anthropic's "input_schema
//! does not support oneOf, allOf, or anyOf at the top level" and its pattern of property
//! keys, OpenAI's "array schema missing items", VS Code's "array type must have items",
//! Cursor's filter of long names, the Inspector's `boolean-schema`, and the limits of
//! names, lists and texts.

use serde_json::Value;
use toolmill_core::{Diagnostic, Manifest};

use super::client::Client;
use super::place::Place;
use super::{Objection, at};
use crate::document::Document;
use crate::lower::subschemas;
use crate::words::{is_argument, is_tool_char};

use Client::{ChatGpt, Claude, Cursor, Inspector, Sdks, VsCode};

/// Characters of a tool's name (Anthropic, OpenAI).
const NAME_CHARS: usize = 64;
/// Characters of the names of server and tool together, from which on Cursor hides a tool.
const CURSOR_CHARS: usize = 60;
/// How a hub is called in the clients' settings that `toolmill connect` writes.
const HUB: &str = "toolmill";
/// Characters of a description that Claude Code shows.
const CLAUDE_DESCRIPTION: usize = 2_048;
/// Tools that VS Code and OpenAI take at a time.
const TOOLS: usize = 128;
/// Tools that Cursor sends on, of all servers.
const CURSOR_TOOLS: usize = 80;
/// Bytes of one message of a list that common clients take.
const MESSAGE_BYTES: usize = 1 << 20;

/// What clients mind about a tool as it is listed, in about so many bytes.
pub fn of_tool(slug: &str, tool: &Value, bytes: usize) -> Vec<Objection> {
    let mut found = Vec::new();
    let text = |key: &str| tool[key].as_str().unwrap_or_default();
    found.extend(name(slug, text("name")));
    if text("description").chars().count() > CLAUDE_DESCRIPTION {
        let reason = format!("its description has more than {CLAUDE_DESCRIPTION} characters");
        found.push(Objection::limited("lint-description", &[Claude], reason));
    }
    found.extend(root(&tool["inputSchema"]));
    found.extend(property_names(&tool["inputSchema"]));
    found.extend(lists(&tool["inputSchema"]));
    for key in ["inputSchema", "outputSchema"] {
        found.extend(truth_values(&tool[key]));
        found.extend(references(&tool[key]));
    }
    let output = &tool["outputSchema"];
    if !output.is_null() && output["type"] != "object" {
        let reason = "its output schema is not of an object";
        found.push(Objection::refused("lint-output", &[Sdks], reason));
    }
    if bytes > MESSAGE_BYTES {
        let reason = format!("it has {bytes} bytes, more than a message may have");
        found.push(Objection::refused("lint-size", &[Sdks], reason));
    }
    found
}

/// What clients mind about the list as a whole.
pub fn of_list(manifest: &Manifest, document: &Document) -> Vec<Diagnostic> {
    let count = manifest.tools.len();
    let mut found = Vec::new();
    let mut say = |message: String| {
        let mut diagnostic = at(Place::of_paths(document), "lint-count", message);
        diagnostic.hint = Some("`--include` and `--exclude` make a shorter list.".to_owned());
        found.push(diagnostic);
    };
    if count > TOOLS {
        say(format!(
            "There are {count} tools; VS Code and ChatGPT take {TOOLS} at a time, Cursor {CURSOR_TOOLS}."
        ));
    } else if count > CURSOR_TOOLS {
        say(format!(
            "There are {count} tools; Cursor takes {CURSOR_TOOLS} at a time."
        ));
    }
    found
}

fn name(slug: &str, name: &str) -> Option<Objection> {
    let in_hub = format!("{slug}__{name}");
    let usable = !name.is_empty() && name.chars().all(is_tool_char);
    if !usable || in_hub.len() > NAME_CHARS {
        let reason = format!("`{in_hub}` is no name of at most {NAME_CHARS} of `A-Za-z0-9_-`");
        return Some(Objection::refused("lint-name", &[Claude, ChatGpt], reason));
    }
    (HUB.len() + in_hub.len() >= CURSOR_CHARS).then(|| {
        let reason = format!(
            "it hides tools whose name has, with that of the server, {CURSOR_CHARS} characters or more"
        );
        Objection::limited("lint-name", &[Cursor], reason)
    })
}

/// The root is an object, and says so by itself.
fn root(schema: &Value) -> Option<Objection> {
    if schema["type"] != "object" {
        let reason = "its input schema is not of an object";
        return Some(Objection::refused(
            "lint-root",
            &[Claude, ChatGpt, Sdks],
            reason,
        ));
    }
    let composed = ["oneOf", "anyOf", "allOf", "enum", "not"]
        .into_iter()
        .find(|keyword| schema.get(keyword).is_some())?;
    let reason = format!("its input schema has `{composed}` at the root");
    Some(Objection::refused("lint-root", &[Claude, ChatGpt], reason))
}

fn property_names(schema: &Value) -> Option<Objection> {
    let mut names = schema["properties"].as_object()?.keys();
    let name = names.find(|name| !is_argument(name))?;
    let reason = format!("the argument `{name}` is no name of at most 64 of `A-Za-z0-9_.-`");
    Some(Objection::refused("lint-property", &[Claude], reason))
}

fn lists(schema: &Value) -> Option<Objection> {
    let is_list = |kind: &Value| match kind {
        Value::Array(kinds) => kinds.iter().any(|kind| kind == "array"),
        kind => kind == "array",
    };
    let found = any(schema, &|schema| {
        schema.get("type").is_some_and(is_list) && schema.get("items").is_none()
    });
    found.then(|| {
        let reason = "a list in its input schema has no `items`";
        Objection::refused("lint-items", &[ChatGpt, VsCode], reason)
    })
}

/// Truth values in the place of schemas, other than where everybody writes them.
fn truth_values(schema: &Value) -> Option<Objection> {
    let found = any(schema, &|schema| {
        let Value::Object(keywords) = schema else {
            return false;
        };
        let alone = ["items", "not", "contains", "propertyNames"];
        let lists = ["allOf", "anyOf", "oneOf", "prefixItems"];
        let maps = ["properties", "patternProperties", "$defs"];
        let is_flag = |value: Option<&Value>| value.is_some_and(Value::is_boolean);
        alone.iter().any(|key| is_flag(keywords.get(*key)))
            || lists.iter().any(|key| {
                let schemas = keywords.get(*key).and_then(Value::as_array);
                schemas.into_iter().flatten().any(Value::is_boolean)
            })
            || maps.iter().any(|key| {
                let schemas = keywords.get(*key).and_then(Value::as_object);
                schemas.is_some_and(|schemas| schemas.values().any(Value::is_boolean))
            })
    });
    found.then(|| {
        let reason = "a truth value stands where a schema is expected";
        Objection::refused("lint-boolean", &[Inspector], reason)
    })
}

/// References lead to definitions of the schema itself.
fn references(schema: &Value) -> Option<Objection> {
    let found = any(schema, &|part| {
        let reference = part.get("$ref").and_then(Value::as_str);
        reference.is_some_and(|reference| {
            let pointer = reference.strip_prefix('#');
            pointer.is_none_or(|pointer| schema.pointer(pointer).is_none())
        })
    });
    found.then(|| {
        let reason = "a reference in its schemas leads nowhere";
        Objection::refused(
            "lint-reference",
            &[Claude, ChatGpt, Sdks, Inspector],
            reason,
        )
    })
}

/// Whether `test` holds of a schema, or of any within it.
fn any(schema: &Value, test: &dyn Fn(&Value) -> bool) -> bool {
    let mut found = test(schema);
    subschemas::each(schema, &mut |inner| found = found || any(inner, test));
    let definitions = schema.get("$defs").and_then(Value::as_object);
    found
        || definitions
            .is_some_and(|definitions| definitions.values().any(|schema| any(schema, test)))
}
