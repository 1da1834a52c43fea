//! The arguments of one tool call, as a generated function reads them.

use std::{cell::Cell, path::Path};

use serde_json::{Map, Value};

use crate::{Error, Result};

/// The arguments of one tool call.
///
/// They have passed the tool's input schema before a generated function sees them.
#[derive(Debug, Clone, Copy)]
pub struct Args<'a> {
    values: &'a Map<String, Value>,
    /// The folder from which files may be sent.
    files: Option<&'a Path>,
    withheld: Option<&'a Withheld>,
}

/// Arguments that were `null` where that is no value: a parameter is as if it were absent, while a
/// member of a body that is taken out would change what the request says.
#[derive(Debug, Default)]
pub(crate) struct Withheld {
    pub(crate) names: Vec<String>,
    /// Whether one of them would have gone into a body.
    pub(crate) is_member: Cell<bool>,
}

impl<'a> Args<'a> {
    /// Reads arguments out of a JSON object.
    pub fn new(values: &'a Map<String, Value>) -> Self {
        Self {
            values,
            files: None,
            withheld: None,
        }
    }

    /// Lets arguments name files below a folder.
    pub(crate) fn with_files(self, files: Option<&'a Path>) -> Self {
        Self { files, ..self }
    }

    /// Notes which arguments were taken out of the values.
    pub(crate) fn without(self, withheld: &'a Withheld) -> Self {
        Self {
            withheld: Some(withheld),
            ..self
        }
    }

    /// The argument `name`, or an absent one where the caller gave none.
    pub fn get(&self, name: &str) -> Argument<'a> {
        let content = self
            .values
            .get(name)
            .map_or(Content::Absent, Content::Value);
        self.argument(content)
    }

    /// The argument `name`.
    ///
    /// # Errors
    /// [`Error::MissingArgument`] where the caller gave none.
    pub fn required(&self, name: &str) -> Result<Argument<'a>> {
        match self.values.get(name) {
            Some(value) => Ok(self.argument(Content::Value(value))),
            None => Err(Error::MissingArgument { name: name.into() }),
        }
    }

    /// The object that the arguments of a flattened optional body make: `fields` are pairs of
    /// argument and wire name. Absent where the caller gave none of them. An explicit null stays.
    pub fn object(&self, fields: &[(&str, &'a str)]) -> Argument<'a> {
        let members = self.members(fields);
        if members.is_empty() {
            self.argument(Content::Absent)
        } else {
            self.argument(Content::Object(members))
        }
    }

    /// The same for a required body: `{}` where the caller gave none of its fields.
    pub fn required_object(&self, fields: &[(&str, &'a str)]) -> Argument<'a> {
        self.argument(Content::Object(self.members(fields)))
    }

    fn argument(&self, content: Content<'a>) -> Argument<'a> {
        Argument {
            content,
            files: self.files,
        }
    }

    fn members(&self, fields: &[(&str, &'a str)]) -> Vec<(&'a str, &'a Value)> {
        if let Some(withheld) = self.withheld {
            let is_field = |name: &String| fields.iter().any(|(argument, _)| argument == name);
            if withheld.names.iter().any(is_field) {
                withheld.is_member.set(true);
            }
        }
        fields
            .iter()
            .filter_map(|&(argument, wire)| Some((wire, self.values.get(argument)?)))
            .collect()
    }
}

/// What the caller gave for one argument, or for several put together as an object.
#[derive(Debug, Clone)]
pub struct Argument<'a> {
    pub(crate) content: Content<'a>,
    pub(crate) files: Option<&'a Path>,
}

#[derive(Debug, Clone)]
pub(crate) enum Content<'a> {
    Absent,
    Value(&'a Value),
    Object(Vec<(&'a str, &'a Value)>),
}

impl<'a> Argument<'a> {
    /// Whether the caller gave nothing. An explicit null is something.
    pub fn is_absent(&self) -> bool {
        matches!(self.content, Content::Absent)
    }

    /// The value, where it is that of one argument.
    pub fn value(&self) -> Option<&'a Value> {
        match self.content {
            Content::Value(value) => Some(value),
            Content::Absent | Content::Object(_) => None,
        }
    }

    /// The names and values of an object; nothing where it is none.
    pub(crate) fn members(&self) -> Option<Vec<(&'a str, &'a Value)>> {
        match &self.content {
            Content::Object(members) => Some(members.clone()),
            Content::Value(Value::Object(members)) => {
                let member = |(name, value): (&'a String, &'a Value)| (name.as_str(), value);
                Some(members.iter().map(member).collect())
            }
            Content::Absent | Content::Value(_) => None,
        }
    }
}

impl<'a> From<&'a Value> for Argument<'a> {
    fn from(value: &'a Value) -> Self {
        Self {
            content: Content::Value(value),
            files: None,
        }
    }
}
