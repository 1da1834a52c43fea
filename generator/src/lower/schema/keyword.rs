//! The keywords of JSON Schema 2020-12 that are carried over, and what their
//! values have to be.

/// What a keyword's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Schema,
    Schemas,
    SchemaMap,
    /// One type or several.
    Types,
    /// Names, each once.
    Names,
    /// Names by name.
    NameMap,
    /// Values of an enumeration.
    Enum,
    /// Any value, checked against the schema's type.
    Default,
    Const,
    Examples,
    /// 2.0 and 3.0: one example.
    Example,
    Count,
    Number,
    Positive,
    /// A number, or in 3.0 whether the bound beside it is exclusive.
    Exclusive,
    /// Text that a program reads.
    Text,
    /// Text that a person or a model reads.
    Title,
    Description,
    Flag,
}

/// The shape of `keyword`; `None` for keywords that are not carried over.
pub fn shape(keyword: &str) -> Option<Shape> {
    Some(match keyword {
        "items"
        | "additionalProperties"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentSchema" => Shape::Schema,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Shape::Schemas,
        "properties" | "patternProperties" | "dependentSchemas" => Shape::SchemaMap,
        "type" => Shape::Types,
        "required" => Shape::Names,
        "dependentRequired" => Shape::NameMap,
        "enum" => Shape::Enum,
        "const" => Shape::Const,
        "default" => Shape::Default,
        "examples" => Shape::Examples,
        "example" => Shape::Example,
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties"
        | "minContains" | "maxContains" => Shape::Count,
        "minimum" | "maximum" => Shape::Number,
        "exclusiveMinimum" | "exclusiveMaximum" => Shape::Exclusive,
        "multipleOf" => Shape::Positive,
        "pattern" | "format" | "contentEncoding" | "contentMediaType" => Shape::Text,
        "title" => Shape::Title,
        "description" => Shape::Description,
        "uniqueItems" | "deprecated" => Shape::Flag,
        _ => return None,
    })
}

pub const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];
