//! The value tree.

use std::sync::Arc;

use indexmap::IndexMap;

/// A place in the text. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

impl Position {
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place right behind `text`.
    pub(super) fn after(text: &str) -> Self {
        let line = text.matches('\n').count() + 1;
        let last = text.rsplit('\n').next().unwrap_or_default();
        Self::new(line, last.chars().count() + 1)
    }

    pub(super) fn new(line: usize, column: usize) -> Self {
        let cut = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            line: cut(line),
            column: cut(column),
        }
    }
}

/// A value and where it stands. Containers are shared, so that a YAML alias
/// costs no memory however often it is used.
#[derive(Clone, Debug)]
pub struct Node {
    pub at: Position,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    /// As written, of any precision; YAML's own forms included. See [`super::json_number`].
    Number(Arc<str>),
    String(Arc<str>),
    Array(Arc<[Node]>),
    Object(Arc<Object>),
}

/// Members in the order they were written.
pub type Object = IndexMap<Arc<str>, Member>;

#[derive(Clone, Debug)]
pub struct Member {
    pub key_at: Position,
    pub node: Node,
}

impl Node {
    /// The member `key` of an object; `None` for any other value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.object()?.get(key).map(|member| &member.node)
    }

    #[must_use]
    pub fn object(&self) -> Option<&Object> {
        match &self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    #[must_use]
    pub fn array(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    #[must_use]
    pub fn string(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    #[must_use]
    pub fn bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The text of a string, or of a number or truth value written where a
    /// string belongs, as in `version: 1.0`.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// The string member `key`, where it is there and not empty.
    #[must_use]
    pub fn get_string(&self, key: &str) -> Option<&str> {
        self.get(key)?.string().filter(|text| !text.is_empty())
    }

    /// The truth value of member `key`, `false` where it is absent or no truth value.
    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(Self::bool).unwrap_or(false)
    }

    /// The members of an object as key and value; none for any other value.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.object()
            .into_iter()
            .flatten()
            .map(|(key, member)| (&**key, &member.node))
    }

    /// The items of an array; none for any other value.
    pub fn items(&self) -> impl Iterator<Item = &Self> {
        self.array().into_iter().flatten()
    }

    /// What kind of value this is, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}
