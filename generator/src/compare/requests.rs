//! How requests are written: what callers do not see, and APIs do.

use std::collections::BTreeMap;

use super::{Change, ChangeKind, Part};
use crate::ir::{Api, Body, BodyContent, BodyForm, Field, Parameter, Style, Tool};
use crate::text;

/// Characters shown of one part of a request.
const SHOWN: usize = 200;

/// How the tools of an API write their requests. `tools.json` does not say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// By the names of tools.
    tools: BTreeMap<String, Request>,
}

/// Parts of a request by their arguments, each in words; the body as a whole has
/// no argument.
type Request = BTreeMap<String, String>;

impl Requests {
    #[must_use]
    pub fn of(api: &Api) -> Self {
        let tools = api.tools.iter();
        Self {
            tools: tools
                .map(|tool| (tool.names.tool.clone(), request(tool)))
                .collect(),
        }
    }

    /// What the tool called `name` here writes otherwise than the one called
    /// `was` before. Arguments that only one of them has are not told.
    pub(super) fn changes(&self, before: &Self, was: &str, name: &str) -> Vec<Change> {
        let (Some(old), Some(new)) = (before.tools.get(was), self.tools.get(name)) else {
            return Vec::new();
        };
        let changed = old.iter().filter_map(|(argument, old)| {
            let new = new.get(argument).filter(|new| *new != old)?;
            Some(Change {
                kind: ChangeKind::RequestChanged,
                breaking: false,
                part: Part::Tool,
                tools: vec![name.to_owned()],
                schema: None,
                path: argument.clone(),
                before: Some(text::line(old, SHOWN)),
                after: Some(text::line(new, SHOWN)),
            })
        });
        changed.collect()
    }
}

fn request(tool: &Tool) -> Request {
    let mut request = Request::new();
    for parameter in &tool.parameters {
        request.insert(parameter.argument.clone(), sent(parameter));
    }
    if let Some(body) = &tool.body {
        request.insert(String::new(), written(body));
    }
    request
}

fn sent(parameter: &Parameter) -> String {
    let mut words = format!(
        "{} {}, {}",
        parameter.location.as_str(),
        parameter.name,
        style(parameter.style, parameter.explode, parameter.reserved)
    );
    fields(&mut words, &parameter.fields);
    words
}

fn style(style: Style, explode: bool, reserved: bool) -> String {
    let explode = if explode { ", exploded" } else { "" };
    let reserved = if reserved {
        ", reserved characters"
    } else {
        ""
    };
    format!("{}{explode}{reserved}", style.as_str())
}

fn written(body: &Body) -> String {
    let mut words = body.media_type.clone();
    if let BodyForm::UrlEncoded(parts) | BodyForm::Multipart(parts) = &body.form {
        fields(&mut words, parts);
    }
    // Names of elements and attributes.
    if let BodyForm::Xml(how) = &body.form {
        words = format!("{words}; {how}");
    }
    if let BodyContent::Properties(properties) = &body.content {
        for (argument, property) in properties.iter().filter(|(one, other)| one != other) {
            words = format!("{words}; {argument} as {property}");
        }
    }
    words
}

fn fields(words: &mut String, fields: &[Field]) {
    for field in fields {
        *words += &format!("; {}:", field.name);
        if let Some(known) = field.style {
            *words += &format!(" {}", style(known.style, known.explode, known.reserved));
        }
        if let Some(media_type) = &field.media_type {
            *words += &format!(" {media_type}");
        }
        if field.is_file {
            *words += " file";
        }
        for header in &field.headers {
            *words += &format!(" header {}", header.name);
        }
    }
}
