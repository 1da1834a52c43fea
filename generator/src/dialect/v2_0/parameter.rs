//! Parameters: the type becomes a `schema`, `collectionFormat` a style.

use super::Dialect;
use crate::dialect::build::{ObjectBuilder, flag, text};
use crate::document::Node;

/// What a parameter says of its value (Swagger 2.0, Parameter Object), which 3.0
/// says in a schema.
const OF_THE_VALUE: [&str; 20] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "example",
    "x-example",
    "x-nullable",
    "schema",
];

/// How the items of an array stand in one value.
pub struct Serialization {
    pub style: &'static str,
    pub explode: bool,
}

impl<'a> Dialect<'a> {
    /// A parameter in the path, the query or a header.
    pub fn parameter(&mut self, node: &'a Node) -> Node {
        let mut made = ObjectBuilder::new(node.at);
        made.keep(node, |key| {
            !OF_THE_VALUE.contains(&key) && key != "collectionFormat"
        });
        made.set("schema", self.value_schema(node));
        if let Some(Serialization { style, explode }) = serialization(node) {
            let at = node.get("collectionFormat").unwrap_or(node).at;
            made.set("style", text(at, style));
            made.set("explode", flag(at, explode));
        }
        made.build()
    }

    /// The schema of a parameter's value.
    pub fn value_schema(&mut self, node: &'a Node) -> Node {
        if let Some(schema) = node.get("schema") {
            return self.schemas.make(schema);
        }
        let mut schema = ObjectBuilder::new(node.at);
        schema.keep(node, |key| OF_THE_VALUE.contains(&key) && key != "items");
        if let Some(example) = node.get("x-example") {
            schema.set("example", example.clone());
        }
        if let Some(nullable) = node.get("x-nullable") {
            schema.set("nullable", nullable.clone());
        }
        if let Some(items) = node.get("items") {
            schema.set("items", self.schemas.make(items));
        }
        if is_file(node) {
            schema.set("type", text(node.at, "string"));
            schema.set("format", text(node.at, "binary"));
        }
        schema.build()
    }
}

/// How an array is written; `None` for any other value, and for files, each of which
/// is a part.
pub fn serialization(parameter: &Node) -> Option<Serialization> {
    let holds_files = parameter.get("items").is_some_and(is_file);
    if parameter.get_string("type") != Some("array") || holds_files {
        return None;
    }
    let is_form = matches!(parameter.get_string("in"), Some("query" | "formData"));
    let (style, explode) = match parameter.get_string("collectionFormat").unwrap_or("csv") {
        "csv" if is_form => ("form", false),
        "csv" => ("simple", false),
        "multi" => ("form", true),
        "ssv" => ("spaceDelimited", false),
        "pipes" => ("pipeDelimited", false),
        "tsv" => ("tabDelimited", false),
        // Lowering says that it does not know this style.
        _ => ("unknown", false),
    };
    Some(Serialization { style, explode })
}

pub fn is_file(parameter: &Node) -> bool {
    parameter.get_string("type") == Some("file")
}
