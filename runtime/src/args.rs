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
    /// Bytes of a body that is put together of them.
    largest: usize,
    withheld: Option<&'a Withheld>,
}

/// Bytes of a body, where nobody says how many it may have.
const LARGEST: usize = 64 * 1024 * 1024;

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
            largest: LARGEST,
            withheld: None,
        }
    }

    /// Lets arguments name files below a folder.
    pub(crate) fn with_files(self, files: Option<&'a Path>) -> Self {
        Self { files, ..self }
    }

    /// Lets a body that is put together of them have so many bytes. It has many times those of the
    /// arguments where a name that a caller chose is written again for each item of a list.
    pub(crate) fn with_largest(self, largest: usize) -> Self {
        Self { largest, ..self }
    }

    /// Notes which arguments were taken out of the values.
    pub(crate) fn without(self, withheld: &'a Withheld) -> Self {
        Self {
            withheld: Some(withheld),
            ..self
        }
    }

    /// The argument `name`, where the caller gave it. An explicit null is something.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.values.get(name)
    }

    /// The argument `name`.
    ///
    /// # Errors
    /// [`Error::MissingArgument`] where the caller gave none.
    pub fn required(&self, name: &str) -> Result<&'a Value> {
        self.get(name)
            .ok_or_else(|| Error::MissingArgument { name: name.into() })
    }

    /// What the caller gave for the parameter that takes the argument `name`.
    pub(crate) fn argument(&self, name: &str) -> Argument<'a> {
        self.given(self.get(name).map_or(Content::Absent, Content::Value))
    }

    /// What the caller gave for a body. `renamed` are pairs of argument and property.
    pub(crate) fn body<'b>(
        &self,
        source: Source<'b>,
        renamed: &[(&str, &str)],
        order: Order,
    ) -> Argument<'b>
    where
        'a: 'b,
    {
        let content = match source {
            Source::Argument(name) => return self.argument(name),
            Source::Object(properties) => Content::Object(self.members(properties, renamed, order)),
            Source::OptionalObject(properties) => match self.members(properties, renamed, order) {
                members if members.is_empty() => Content::Absent,
                members => Content::Object(members),
            },
        };
        self.given(content)
    }

    /// Bytes of a body that is put together of them.
    pub(crate) fn largest(&self) -> usize {
        self.largest
    }

    /// The folder from which files may be sent.
    pub(crate) fn files(&self) -> Option<&'a Path> {
        self.files
    }

    fn given<'b>(&self, content: Content<'b>) -> Argument<'b>
    where
        'a: 'b,
    {
        Argument {
            content,
            files: self.files,
        }
    }

    fn members<'b>(
        &self,
        properties: &[&'b str],
        renamed: &[(&str, &str)],
        order: Order,
    ) -> Vec<(&'b str, &'b Value)>
    where
        'a: 'b,
    {
        let mut members = Vec::new();
        for property in properties {
            let other = renamed.iter().find(|(_, renamed)| renamed == property);
            let argument = other.map_or(*property, |(argument, _)| argument);
            match self.values.get(argument) {
                Some(value) => members.push((argument, (*property, value))),
                None => self.note_withheld(argument),
            }
        }
        if order == Order::Given {
            members.sort_by_cached_key(|(argument, _)| {
                self.values.keys().position(|key| key == argument)
            });
        }
        members.into_iter().map(|(_, member)| member).collect()
    }

    fn note_withheld(&self, argument: &str) {
        if let Some(withheld) = self.withheld
            && withheld.names.iter().any(|name| name == argument)
        {
            withheld.is_member.set(true);
        }
    }
}

/// Where a body comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// One argument.
    Argument(&'a str),
    /// An object of these properties, each of which is an argument: `{}` where the caller gave none
    /// of them. An explicit null stays.
    Object(&'a [&'a str]),
    /// The same, absent where the caller gave none of them.
    OptionalObject(&'a [&'a str]),
}

/// In which order the properties of a body that are arguments each are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// As the caller gave them.
    Given,
    /// As the API's description has them: elements of XML mostly have to be in that order.
    Described,
}

/// What the caller gave for one argument, or for several put together as an object.
#[derive(Debug, Clone)]
pub(crate) struct Argument<'a> {
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
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self.content, Content::Absent)
    }

    /// The value, where it is that of one argument.
    pub(crate) fn value(&self) -> Option<&'a Value> {
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
