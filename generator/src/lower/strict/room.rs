//! How much of a document is written out: references that are followed again and again
//! could make it grow without an end.

use serde_json::Value;

/// Values within the schemas that are copied for all tools.
const DOCUMENT: usize = 10_000_000;
/// The same for one tool.
const TOOL: usize = 200_000;

/// What may still be copied, in JSON values.
#[derive(Debug)]
pub struct Room {
    document: usize,
    tool: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            document: DOCUMENT,
            tool: TOOL,
        }
    }
}

impl Room {
    /// Starts with another tool.
    pub fn next_tool(&mut self) {
        self.tool = TOOL;
    }

    /// Takes off what a copy of `schema` holds; `None` where that is too much, after
    /// which there is no room for anything.
    pub fn take(&mut self, schema: &Value) -> Option<()> {
        let left = self.document.min(self.tool);
        let rest = without(left, schema).unwrap_or(0);
        self.document -= left - rest;
        self.tool -= left - rest;
        (rest > 0).then_some(())
    }
}

/// `left` less the number of values in `value`, which are counted no further than that.
fn without(left: usize, value: &Value) -> Option<usize> {
    let left = left.checked_sub(1)?;
    match value {
        Value::Array(items) => items.iter().try_fold(left, without),
        Value::Object(members) => members.values().try_fold(left, without),
        _ => Some(left),
    }
}
