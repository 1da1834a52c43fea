//! Only some properties of an answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::view::FIELDS;

/// Properties by their paths, as a tree. A node without children stands for all that is below it.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    names: Vec<String>,
    root: Node,
}

#[derive(Debug, Default)]
pub(crate) struct Node(BTreeMap<String, Node>);

impl Fields {
    /// Reads `["id", "owner.login"]` or `"id,owner.login"`.
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        let names: Option<Vec<String>> = match value {
            Value::String(text) => Some(text.split(',').map(str::to_owned).collect()),
            Value::Array(items) => {
                let text = |item: &Value| item.as_str().map(str::to_owned);
                items.iter().map(text).collect()
            }
            _ => None,
        };
        let names = names.ok_or_else(|| {
            format!(
                "`{FIELDS}` takes a list of property names, such as `[\"id\", \"owner.login\"]`."
            )
        })?;
        let mut fields = Self::default();
        for name in names.iter().map(|name| name.trim()) {
            if name.is_empty() {
                continue;
            }
            let mut node = &mut fields.root;
            for step in name.split('.') {
                node = node.0.entry(step.to_owned()).or_default();
            }
            fields.names.push(name.to_owned());
        }
        Ok(fields)
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    /// Leaves in an answer what is asked for, in every item of its lists.
    pub(crate) fn apply(&self, answer: &mut Value) {
        keep(answer, &self.root);
    }

    /// What was asked for and is nowhere in an answer, and what there would be.
    pub(crate) fn missing(&self, answer: &Value) -> Option<String> {
        let first = first_object(answer)?;
        let unknown: Vec<_> = self
            .names
            .iter()
            .filter(|name| !has(first, name))
            .map(String::as_str)
            .collect();
        if unknown.len() < self.names.len() {
            return None;
        }
        let known: Vec<_> = first.keys().take(32).map(String::as_str).collect();
        Some(format!(
            "`{FIELDS}` names nothing that the answer has: it has `{}`.",
            known.join("`, `")
        ))
    }
}

impl Node {
    /// What is wanted of the member of this name, if anything.
    pub(crate) fn below(&self, name: &str) -> Option<&Self> {
        match self.0.is_empty() {
            true => Some(self),
            false => step(self, name),
        }
    }
}

fn keep(value: &mut Value, node: &Node) {
    if node.0.is_empty() {
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| keep(item, node)),
        Value::Object(members) => {
            members.retain(|name, _| step(node, name).is_some());
            for (name, value) in members.iter_mut() {
                if let Some(node) = step(node, name) {
                    keep(value, node);
                }
            }
        }
        _ => {}
    }
}

/// The node of a property, whose name may itself have dots in it.
fn step<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    name.split('.')
        .try_fold(node, |node, part| node.0.get(part))
}

fn first_object(answer: &Value) -> Option<&Map<String, Value>> {
    match answer {
        Value::Array(items) => first_object(items.first()?),
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn has(members: &Map<String, Value>, name: &str) -> bool {
    let begins = |key: &String| {
        name.strip_prefix(key.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    members.keys().any(begins)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_asked_for_stays() {
        let answer =
            json!([{"id": 1, "owner": {"login": "a", "id": 2}, "a.b": 3, "c": [{"d": 4, "e": 5}]}]);
        for (fields, kept) in [
            (json!("id"), json!([{"id": 1}])),
            (
                json!("id, owner.login"),
                json!([{"id": 1, "owner": {"login": "a"}}]),
            ),
            (json!(["a.b", "c.e"]), json!([{"a.b": 3, "c": [{"e": 5}]}])),
            (
                json!(["owner"]),
                json!([{"owner": {"login": "a", "id": 2}}]),
            ),
            (json!([]), answer.clone()),
        ] {
            let mut value = answer.clone();
            Fields::read(&fields).expect("fields").apply(&mut value);
            assert_eq!(value, kept, "{fields}");
        }
        let fields = Fields::read(&json!("x,y.z")).expect("fields");
        assert!(fields.missing(&answer).expect("a note").contains("`id`"));
        assert!(Fields::read(&json!({"id": true})).is_err());
    }
}
