//! The body parameter and form parameters → `requestBody`.

use super::Dialect;
use super::parameter::{Serialization, is_file, serialization};
use crate::dialect::build::{ObjectBuilder, array, flag, object, text};
use crate::document::Node;

const MULTIPART: &str = "multipart/form-data";
const URLENCODED: &str = "application/x-www-form-urlencoded";

impl<'a> Dialect<'a> {
    /// The body of a parameter `in: body`, in the media types the operation consumes.
    pub fn body(&mut self, parameter: &'a Node, consumes: &[&str]) -> Node {
        let at = parameter.at;
        let schema = self.value_schema(parameter);
        let media = object(at, [("schema", schema)]);
        let consumes = if consumes.is_empty() {
            &["application/json"]
        } else {
            consumes
        };
        let mut body = ObjectBuilder::new(at);
        body.keep(parameter, |key| matches!(key, "description" | "required"));
        body.set(
            "content",
            object(at, consumes.iter().map(|name| (*name, media.clone()))),
        );
        body.build()
    }

    /// The body of parameters `in: formData`. A file can only be sent in parts.
    pub fn form(&mut self, parameters: &[&'a Node], consumes: &[&str]) -> Option<Node> {
        let at = parameters.first()?.at;
        let files = parameters.iter().any(|parameter| is_file(parameter));
        let required: Vec<_> = parameters
            .iter()
            .filter(|parameter| parameter.flag("required"))
            .filter_map(|parameter| parameter.get("name").cloned())
            .collect();
        let is_required = !required.is_empty();
        let mut schema = ObjectBuilder::new(at);
        schema.set("type", text(at, "object"));
        schema.set("properties", self.form_properties(parameters));
        if is_required {
            schema.set("required", array(at, required));
        }
        let media = object(
            at,
            [
                ("schema", schema.build()),
                ("encoding", encoding(parameters)),
            ],
        );
        let content = form_types(consumes, files)
            .into_iter()
            .map(|name| (name, media.clone()));
        Some(object(
            at,
            [
                ("required", flag(at, is_required)),
                ("content", object(at, content)),
            ],
        ))
    }

    fn form_properties(&mut self, parameters: &[&'a Node]) -> Node {
        let mut properties = ObjectBuilder::new(parameters[0].at);
        for parameter in parameters {
            let Some(name) = parameter.get("name").and_then(Node::text) else {
                continue;
            };
            let mut schema = ObjectBuilder::new(parameter.at);
            schema.keep(&self.value_schema(parameter), |_| true);
            schema.keep(parameter, |key| key == "description");
            properties.set(name, schema.build());
        }
        properties.build()
    }
}

/// Of what the operation consumes, the forms; what suits the parameters where it
/// names none.
fn form_types<'n>(consumes: &[&'n str], files: bool) -> Vec<&'n str> {
    let is = |media: &str, form: &str| {
        let essence = media.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case(form)
    };
    let forms: Vec<_> = consumes
        .iter()
        .copied()
        .filter(|media| is(media, MULTIPART) || is(media, URLENCODED) && !files)
        .collect();
    match forms.is_empty() {
        true if files => vec![MULTIPART],
        true => vec![URLENCODED],
        false => forms,
    }
}

/// How the arrays among the parameters are written.
fn encoding(parameters: &[&Node]) -> Node {
    let encoding = |parameter: &&Node| {
        let name = parameter.get("name").and_then(Node::text)?.to_owned();
        let Serialization { style, explode } = serialization(parameter)?;
        let at = parameter.at;
        let members = [("style", text(at, style)), ("explode", flag(at, explode))];
        Some((name, object(at, members)))
    };
    object(parameters[0].at, parameters.iter().filter_map(encoding))
}
