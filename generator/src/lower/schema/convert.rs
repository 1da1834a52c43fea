//! One schema, keyword by keyword.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::keyword::{Shape, shape};
use super::{Direction, Schemas, forms, reading, value};
use crate::document::{self, Node};
use crate::lower::findings::{Finding, Findings};
use crate::lower::outline::{is_read_only, is_write_only};
use crate::text;

type Keywords = Map<String, Value>;

pub struct Converter<'d, 's, 'f> {
    all: &'s mut Schemas<'d>,
    findings: &'f mut Findings<'d>,
    direction: Direction,
    depth: usize,
    pub schemas: usize,
    pub broken: bool,
}

impl<'d, 's, 'f> Converter<'d, 's, 'f> {
    pub fn new(
        all: &'s mut Schemas<'d>,
        findings: &'f mut Findings<'d>,
        direction: Direction,
    ) -> Self {
        Self {
            all,
            findings,
            direction,
            depth: 0,
            schemas: 0,
            broken: false,
        }
    }

    pub fn schema(&mut self, node: &'d Node) -> Value {
        self.schemas += 1;
        // Some clients take no schema that is a truth value (MCP Inspector, `boolean-schema`).
        match node.bool() {
            Some(true) => return json!({}),
            Some(false) => return json!({ "not": {} }),
            None => {}
        }
        if node.object().is_none() {
            let message = format!(
                "A schema is an object, this is {}; any value is taken.",
                node.kind()
            );
            self.warn(node, "schema-unusable", message);
            return json!({});
        }
        if self.depth >= self.all.limits.schema_depth {
            let message = format!(
                "Schemas are nested more than {} deep; any value is taken here.",
                self.all.limits.schema_depth
            );
            self.warn(node, "limit", message);
            return json!({});
        }
        self.depth += 1;
        let schema = match node.get("$ref") {
            Some(reference) => self.reference(node, reference),
            None => self.keywords(node),
        };
        self.depth -= 1;
        schema
    }

    /// A reference. What stands beside it counts in 3.1; in 3.0 only its
    /// description does, which OpenAPI ignores but authors mean.
    fn reference(&mut self, node: &'d Node, reference: &'d Node) -> Value {
        let Some(target) = self.target(reference) else {
            return json!({});
        };
        let mut keywords = if self.all.version.has_json_schema() {
            match self.keywords(node) {
                Value::Object(keywords) => keywords,
                other => return other,
            }
        } else {
            let described = node
                .get("description")
                .and_then(|text| self.prose(text, self.all.limits.description_bytes));
            described
                .map(|text| Map::from_iter([("description".to_owned(), text)]))
                .unwrap_or_default()
        };
        keywords.shift_insert(0, "$ref".to_owned(), Value::String(target));
        Value::Object(keywords)
    }

    /// The reference under which the target will be found, noted as needed.
    fn target(&mut self, reference: &'d Node) -> Option<String> {
        let text = reference.string().unwrap_or_default();
        match self.all.document.follow(text) {
            Ok(document::Resolved {
                node,
                pointer: Some(pointer),
            }) if is_schema(node) => {
                self.all.need((pointer, self.direction), node);
                Some(format!("{}{pointer}", self.direction.prefix()))
            }
            Ok(_) => {
                let message = format!(
                    "There is no schema at `{}`; any value is taken.",
                    text::line(text, 200)
                );
                self.warn(reference, "schema-unusable", message);
                None
            }
            Err(broken) => {
                self.broken |= matches!(broken, document::Broken::Outside(_));
                let message = format!("{} Any value is taken.", broken.message());
                self.findings
                    .add(Finding::warning(reference, broken.code(), message).hint(broken.hint()));
                None
            }
        }
    }

    fn keywords(&mut self, node: &'d Node) -> Value {
        let types = reading::types(node);
        let mut out = Map::new();
        for (keyword, value) in node.members() {
            let Some(shape) = shape(keyword) else {
                continue;
            };
            if let Some((keyword, value)) = self.keyword(keyword, shape, value, &types, node) {
                out.insert(keyword.to_owned(), value);
            }
        }
        self.drop_hidden(node, &mut out);
        forms::exclusive_bounds(node, &mut out);
        forms::items_of_lists(&mut out);
        self.alternatives(node, &mut out);
        if !self.all.version.has_json_schema() && node.flag("nullable") {
            return forms::nullable(out);
        }
        Value::Object(out)
    }

    /// One keyword and its value in JSON Schema 2020-12; `None` where it is dropped.
    fn keyword(
        &mut self,
        keyword: &'d str,
        shape: Shape,
        node: &'d Node,
        types: &[&str],
        holder: &'d Node,
    ) -> Option<(&'d str, Value)> {
        let limits = &self.all.limits;
        let value = match shape {
            Shape::Schema if keyword == "items" && node.array().is_some() => {
                return Some(("prefixItems", self.list("prefixItems", node)?));
            }
            Shape::Schema if forms::may_be_flag(keyword) && node.bool().is_some() => {
                self.schemas += 1;
                node.bool().map(Value::from)
            }
            Shape::Schema
                if keyword == "additionalProperties" && self.direction == Direction::Patch =>
            {
                Some(forms::or_null(self.schema(node)))
            }
            Shape::Schema => Some(self.schema(node)),
            Shape::Schemas => self.list(keyword, node),
            Shape::SchemaMap => self.map(keyword, node),
            Shape::Types => reading::types_value(types),
            Shape::Names => reading::names(node),
            Shape::NameMap => reading::name_map(node),
            Shape::Enum => self.enumeration(node, types),
            Shape::Const => {
                Some(value::json_of(node, types)).filter(|value| !value::has_hidden(value))
            }
            Shape::Default => Some(value::json_of(node, types))
                .filter(|value| value::is_of(value, types) && !value::has_hidden(value)),
            // Models need examples of what to write, not of what they will read.
            Shape::Example | Shape::Examples if self.direction == Direction::Output => return None,
            Shape::Example => {
                let examples = if holder.get("examples").is_some() {
                    None
                } else {
                    reading::example(&[node], types)
                };
                return Some(("examples", examples?));
            }
            Shape::Examples => reading::example(&node.items().collect::<Vec<_>>(), types),
            Shape::Count => reading::count(node),
            Shape::Number => reading::number(node),
            Shape::Positive => {
                reading::number(node).filter(|value| value.as_f64().is_none_or(|value| value > 0.0))
            }
            Shape::Exclusive if node.bool().is_some() => return None,
            Shape::Exclusive => reading::number(node),
            Shape::Text => {
                let text = node.string().filter(|text| !text::has_hidden(text));
                if keyword == "pattern"
                    && text.is_some_and(|pattern| !self.all.patterns.is_enforced(pattern))
                {
                    self.warn(node, "pattern-not-enforced", "This pattern is shown to clients, but not enforced: it is too large or uses look-around or back-references.");
                }
                text.map(Value::from)
            }
            Shape::Title => node
                .text()
                .map(|text| text::line(text, limits.title_chars))
                .map(Value::from),
            Shape::Description => {
                return Some((keyword, self.prose(node, limits.description_bytes)?));
            }
            Shape::Flag => node.bool().filter(|flag| *flag).map(Value::from),
        };
        if value.is_none() && !is_expected_loss(shape, node) {
            let message =
                format!("`{keyword}` has a value that makes no sense here and is left out.");
            self.warn(node, "keyword-unusable", message);
        }
        Some((keyword, value?))
    }

    /// Equal schemas once where that means the same, so that nothing is checked
    /// twice on each of many levels.
    fn list(&mut self, keyword: &str, node: &'d Node) -> Option<Value> {
        const MAX_COMPARED: usize = 256;
        let items = node.array()?;
        let once = matches!(keyword, "allOf" | "anyOf") && items.len() <= MAX_COMPARED;
        let mut schemas = Vec::new();
        for item in items {
            let schema = self.schema(item);
            if !once || !schemas.contains(&schema) {
                schemas.push(schema);
            }
        }
        (!schemas.is_empty()).then_some(Value::Array(schemas))
    }

    fn map(&mut self, keyword: &str, node: &'d Node) -> Option<Value> {
        node.object()?;
        let mut schemas = Map::new();
        for (name, schema) in node.members() {
            if text::has_hidden(name) {
                self.warn(
                    schema,
                    "hidden-text",
                    "A property's name holds invisible characters; it is left out.",
                );
            } else if keyword != "properties" || !self.is_hidden(schema) {
                let mut schema = self.schema(schema);
                if keyword == "properties" && self.direction == Direction::Patch {
                    schema = forms::or_null(schema);
                }
                schemas.insert(name.to_owned(), schema);
            }
        }
        Some(Value::Object(schemas))
    }

    fn enumeration(&mut self, node: &'d Node, types: &[&str]) -> Option<Value> {
        let items = node.array().filter(|items| !items.is_empty())?;
        let limits = &self.all.limits;
        if items.len() > limits.enum_values {
            let message = format!(
                "An `enum` has more than {} values; any value is taken.",
                limits.enum_values
            );
            self.warn(node, "limit", message);
            return None;
        }
        let mut seen = HashSet::new();
        let mut values = Vec::new();
        for item in items {
            let value = value::json_of(item, types);
            let long = value.as_str().is_some_and(|text| {
                text.len() > limits.title_chars && text.chars().count() > limits.title_chars
            });
            if long || value::has_hidden(&value) {
                self.findings.add(Finding::warning(item, "hidden-text", "A value of an `enum` is too long or holds invisible characters; it is left out."));
            } else if seen.insert(value.to_string()) {
                values.push(value);
            }
        }
        (!values.is_empty()).then_some(Value::Array(values))
    }

    fn prose(&mut self, node: &'d Node, bytes: usize) -> Option<Value> {
        let raw = node.text()?;
        if text::hides_text(raw) {
            self.warn(
                node,
                "hidden-text",
                "Invisible characters are taken out of this text.",
            );
        }
        let shown = text::clean(raw);
        let shown = shown.trim();
        (!shown.is_empty()).then(|| Value::String(text::cap(shown, bytes)))
    }

    /// Whether a property has no place in this direction.
    fn is_hidden(&self, schema: &Node) -> bool {
        match self.direction {
            Direction::Input | Direction::Patch => is_read_only(self.all.document, schema),
            Direction::Output => is_write_only(self.all.document, schema),
        }
    }

    /// Takes the properties that have no place in this direction out of `required`.
    fn drop_hidden(&self, node: &Node, out: &mut Keywords) {
        let Some(Value::Array(required)) = out.get_mut("required") else {
            return;
        };
        let properties = node.get("properties");
        let hidden = |name: &str| {
            properties
                .and_then(|all| all.get(name))
                .is_some_and(|schema| self.is_hidden(schema))
        };
        required.retain(|name| name.as_str().is_some_and(|name| !hidden(name)));
        if required.is_empty() {
            out.shift_remove("required");
        }
    }

    /// Alternatives, and in inputs what chooses among them.
    fn alternatives(&self, node: &Node, out: &mut Keywords) {
        forms::open_alternatives(out);
        let Some(discriminator) = node.get("discriminator") else {
            return;
        };
        let choices = forms::choices(discriminator).filter(|_| self.direction != Direction::Output);
        if let Some(choices) = choices {
            let said = out.get("description").and_then(Value::as_str);
            let said = said
                .map(|text| format!("{text}\n\n{choices}"))
                .unwrap_or(choices);
            let shown = text::cap(&text::clean(&said), self.all.limits.description_bytes);
            out.insert("description".to_owned(), shown.into());
        }
    }

    fn warn(&mut self, node: &'d Node, code: &'static str, message: impl Into<String>) {
        self.findings.add(Finding::warning(node, code, message));
    }
}

fn is_schema(node: &Node) -> bool {
    node.object().is_some() || node.bool().is_some()
}

/// Empty lists and the like, which real documents are full of and which say nothing.
fn is_expected_loss(shape: Shape, node: &Node) -> bool {
    match shape {
        Shape::Names | Shape::Schemas | Shape::Enum | Shape::Examples => {
            node.array().is_some() || node.bool().is_some()
        }
        Shape::Flag => node.bool().is_some(),
        Shape::Title | Shape::Default | Shape::Example => true,
        _ => false,
    }
}
