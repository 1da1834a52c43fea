//! Arguments as strict providers make them, turned into those that an operation takes.
//!
//! Such providers know neither optional properties nor dictionaries. The published schema has
//! `null` for what is left out, and a text of JSON for what it can not say; the arguments are
//! checked against the full schema after both are undone.

use rmcp::model::JsonObject;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{excerpt::is_json, values};

/// What the manifest says of a tool whose input schema is for strict providers. Places are JSON
/// Pointers (RFC 6901), in which `*` stands for each item of a list.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Strict<'a> {
    #[serde(borrow)]
    pub(crate) schema: &'a RawValue,
    #[serde(default, borrow)]
    pub(crate) defs: Option<&'a RawValue>,
    /// Properties whose `null` means that they are not there.
    #[serde(default)]
    absent: Vec<String>,
    /// Texts that hold JSON.
    #[serde(default)]
    json: Vec<String>,
}

impl Strict<'_> {
    /// The arguments that are meant. One that was given in its full form stays as it is. What the
    /// texts hold may take `room` bytes, where that is bounded.
    ///
    /// # Errors
    /// A sentence for the caller of the tool.
    pub(crate) fn restored(
        &self,
        arguments: JsonObject,
        room: Option<usize>,
    ) -> Result<JsonObject, String> {
        let mut arguments = Value::Object(arguments);
        let mut room = room.unwrap_or(usize::MAX);
        // What a text holds is in its full form, so nulls in it are meant: it is read last.
        for place in &self.absent {
            if let Some((holder, name)) = place.rsplit_once('/') {
                each(&mut arguments, holder, &mut |value| leave_out(value, name));
            }
        }
        for place in &self.json {
            let mut is_read = true;
            each(&mut arguments, place, &mut |value| {
                is_read &= read(value, &mut room)
            });
            if !is_read {
                return Err(format!(
                    "The JSON text at `{place}` can not be read as a message would be: it names something twice, has a name that is reserved, is nested too deep, or has more values than there is room for."
                ));
            }
        }
        match arguments {
            Value::Object(arguments) => Ok(arguments),
            _ => Ok(JsonObject::new()),
        }
    }
}

fn leave_out(holder: &mut Value, name: &str) {
    if let Value::Object(members) = holder
        && members.get(name).is_some_and(Value::is_null)
    {
        members.shift_remove(name);
    }
}

/// Reads a text. One that is no JSON stands for itself; the full schema says whether it may. False of
/// JSON that can not be read as a message would be.
fn read(value: &mut Value, room: &mut usize) -> bool {
    let Value::String(text) = value else {
        return true;
    };
    match values::value(text, room) {
        Some(meant) => *value = meant,
        None => return !is_json(text),
    }
    true
}

/// Does something with each value at a place.
fn each(value: &mut Value, place: &str, act: &mut dyn FnMut(&mut Value)) {
    let Some(rest) = place.strip_prefix('/') else {
        return act(value);
    };
    let (name, rest) = match rest.find('/') {
        Some(end) => rest.split_at(end),
        None => (rest, ""),
    };
    match value {
        Value::Array(items) if name == "*" => {
            items.iter_mut().for_each(|item| each(item, rest, act));
        }
        Value::Object(members) => {
            if let Some(member) = members.get_mut(name) {
                each(member, rest, act);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nulls_and_texts_become_what_they_stand_for() {
        let strict: Strict<'_> = serde_json::from_str(
            r#"{"schema": {}, "absent": ["/a", "/list/*/b", "/o/c"], "json": ["/any", "/list/*/d", "/texts/*"]}"#,
        )
        .expect("a manifest's part");
        let Value::Object(given) = json!({
            "a": null,
            "kept": null,
            "list": [{"b": null, "d": "{\"n\":null}"}, {"b": 1, "d": "no JSON"}, null],
            "o": {"c": null, "d": null},
            "any": "9007199254740993",
            "texts": ["1", "\"1\"", [2]],
        }) else {
            unreachable!("it is an object");
        };
        let meant = json!({
            "kept": null,
            "list": [{"d": {"n": null}}, {"b": 1, "d": "no JSON"}, null],
            "o": {"d": null},
            "any": 9007199254740993_i64,
            "texts": [1, "1", [2]],
        });
        let restored = strict.restored(given, None).expect("arguments");
        assert_eq!(Value::Object(restored), meant);
    }
}
