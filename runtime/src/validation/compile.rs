//! From a schema's JSON to its nodes.
//!
//! What can not be compiled, such as a `pattern` that looks ahead, a reference out of the schema or
//! a `minimum` that is no number, is kept as a keyword that is not enforced.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    number::Decimal,
    pattern::Pattern,
    schema::{Bound, Id, Keyword, Members, Node, Schema, Types},
};

/// Compiles a schema with all it refers to.
pub(super) fn compile(root: &Value) -> Schema {
    let mut compiler = Compiler {
        root,
        nodes: Vec::new(),
        places: HashMap::new(),
        waiting: Vec::new(),
    };
    compiler.id(root);
    while let Some((id, schema)) = compiler.waiting.pop() {
        compiler.nodes[id] = compiler.node(schema);
    }
    Schema {
        nodes: compiler.nodes,
    }
}

struct Compiler<'a> {
    root: &'a Value,
    nodes: Vec<Node>,
    /// The node of each subschema, by its address: what is referred to often is compiled once.
    places: HashMap<*const Value, Id>,
    waiting: Vec<(Id, &'a Value)>,
}

impl<'a> Compiler<'a> {
    /// The node of a subschema, which is filled in later.
    fn id(&mut self, schema: &'a Value) -> Id {
        let next = self.nodes.len();
        let id = *self.places.entry(schema).or_insert(next);
        if id == next {
            self.nodes.push(Node::default());
            self.waiting.push((id, schema));
        }
        id
    }

    fn node(&mut self, schema: &'a Value) -> Node {
        let keywords = match schema {
            Value::Bool(true) => Vec::new(),
            Value::Bool(false) => vec![Keyword::Never],
            Value::Object(members) => self.keywords(members),
            _ => vec![Keyword::Unenforced(Types::ALL)],
        };
        Node { keywords }
    }

    fn keywords(&mut self, schema: &'a Map<String, Value>) -> Vec<Keyword> {
        let mut keywords = Vec::new();
        for (name, value) in schema {
            keywords.extend(self.keyword(name, value));
        }
        self.grouped(schema, &mut keywords);
        keywords
    }

    /// A keyword that stands for itself; nothing where it asks for nothing.
    fn keyword(&mut self, name: &str, value: &'a Value) -> Option<Keyword> {
        let keyword = match name {
            "$ref" => self.reference(value).map(Keyword::Ref),
            "$dynamicRef" => None,
            "type" if value.as_array().is_some_and(Vec::is_empty) => return None,
            "type" => types(value).map(Keyword::Type),
            "enum" => filled(value).cloned().map(Keyword::Enum),
            "const" => Some(Keyword::Enum(vec![value.clone()])),
            "minimum" => bound(value).map(Keyword::AtLeast),
            "exclusiveMinimum" => bound(value).map(Keyword::MoreThan),
            "maximum" => bound(value).map(Keyword::AtMost),
            "exclusiveMaximum" => bound(value).map(Keyword::LessThan),
            "multipleOf" => bound(value)
                .filter(|bound| bound.decimal.is_positive())
                .map(Keyword::MultipleOf),
            "minLength" => count(value).map(Keyword::MinLength),
            "maxLength" => count(value).map(Keyword::MaxLength),
            "pattern" => pattern(value),
            "format" | "contentEncoding" | "contentMediaType" => Some(annotation(name, value)),
            "minItems" => count(value).map(Keyword::MinItems),
            "maxItems" => count(value).map(Keyword::MaxItems),
            "uniqueItems" if *value == Value::Bool(false) => return None,
            "uniqueItems" => value.as_bool().map(|_| Keyword::UniqueItems),
            "minProperties" => count(value).map(Keyword::MinProperties),
            "maxProperties" => count(value).map(Keyword::MaxProperties),
            "required" => strings(value).map(Keyword::Required),
            "dependentRequired" => dependent(value, strings).map(Keyword::DependentRequired),
            "dependentSchemas" => {
                dependent(value, |schema| Some(self.id(schema))).map(Keyword::DependentSchemas)
            }
            "propertyNames" => Some(Keyword::PropertyNames(self.id(value))),
            "allOf" => self.ids(value).map(Keyword::AllOf),
            "anyOf" => self.ids(value).map(Keyword::AnyOf),
            "oneOf" => self.ids(value).map(Keyword::OneOf),
            "not" => Some(Keyword::Not(self.id(value))),
            _ => return None,
        };
        Some(keyword.unwrap_or(Keyword::Unenforced(Types::ALL)))
    }

    /// The keywords that depend on others beside them.
    fn grouped(&mut self, schema: &'a Map<String, Value>, keywords: &mut Vec<Keyword>) {
        if ["properties", "patternProperties", "additionalProperties"]
            .iter()
            .any(|name| schema.contains_key(*name))
        {
            keywords.push(Keyword::Members(self.members(schema)));
        }
        let first = schema.get("prefixItems").and_then(|first| self.ids(first));
        let rest = schema.get("items").map(|rest| self.id(rest));
        if first.is_some() || rest.is_some() {
            let first = first.unwrap_or_default();
            keywords.push(Keyword::Items { first, rest });
        }
        if let Some(contained) = schema.get("contains") {
            keywords.push(Keyword::Contains {
                schema: self.id(contained),
                least: schema.get("minContains").and_then(count).unwrap_or(1),
                most: schema
                    .get("maxContains")
                    .and_then(count)
                    .unwrap_or(usize::MAX),
            });
        }
        if let Some(condition) = schema.get("if") {
            keywords.push(Keyword::If {
                condition: self.id(condition),
                then: schema.get("then").map(|then| self.id(then)),
                otherwise: schema.get("else").map(|otherwise| self.id(otherwise)),
            });
        }
        if let Some(items) = schema.get("unevaluatedItems") {
            keywords.push(Keyword::UnevaluatedItems(self.id(items)));
        }
        if let Some(members) = schema.get("unevaluatedProperties") {
            keywords.push(Keyword::UnevaluatedProperties(self.id(members)));
        }
    }

    fn members(&mut self, schema: &'a Map<String, Value>) -> Members {
        let below = |name| {
            schema
                .get(name)
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
        };
        Members {
            named: below("properties")
                .map(|(name, schema)| (name.clone(), self.id(schema)))
                .collect(),
            matching: below("patternProperties")
                .map(|(pattern, schema)| (Pattern::compile(pattern), self.id(schema)))
                .collect(),
            others: schema
                .get("additionalProperties")
                .map(|others| self.id(others)),
        }
    }

    /// What a reference within the schema leads to (RFC 6901, section 6).
    fn reference(&mut self, value: &Value) -> Option<Id> {
        let fragment = value.as_str()?.strip_prefix('#')?;
        let pointer = percent_decode_str(fragment).decode_utf8().ok()?;
        let target = self.root.pointer(&pointer)?;
        Some(self.id(target))
    }

    fn ids(&mut self, value: &'a Value) -> Option<Vec<Id>> {
        Some(
            filled(value)?
                .iter()
                .map(|schema| self.id(schema))
                .collect(),
        )
    }
}

fn pattern(value: &Value) -> Option<Keyword> {
    let pattern = Pattern::compile(value.as_str()?).map(Keyword::Pattern);
    Some(pattern.unwrap_or(Keyword::Unenforced(Types::STRING)))
}

/// `format` and the like, which are for information only, and yet may be all that tells two
/// alternatives apart: they bear on numbers where a number's format is named, else on strings.
fn annotation(name: &str, value: &Value) -> Keyword {
    let numeric = ["int32", "int64", "float", "double", "decimal"];
    let of_numbers = name == "format" && value.as_str().is_some_and(|is| numeric.contains(&is));
    Keyword::Unenforced(match of_numbers {
        true => Types::NUMBER.and(Types::STRING),
        false => Types::STRING,
    })
}

/// What names ask for, by name.
fn dependent<'a, T>(
    value: &'a Value,
    mut asked: impl FnMut(&'a Value) -> Option<T>,
) -> Option<Vec<(String, T)>> {
    let members = value.as_object()?.iter();
    members
        .map(|(name, value)| Some((name.clone(), asked(value)?)))
        .collect()
}

/// An array with something in it.
fn filled(value: &Value) -> Option<&Vec<Value>> {
    value.as_array().filter(|items| !items.is_empty())
}

fn types(value: &Value) -> Option<Types> {
    match value {
        Value::String(name) => Types::named(name),
        Value::Array(names) => names.iter().try_fold(Types::NONE, |types, name| {
            Some(types.and(Types::named(name.as_str()?)?))
        }),
        _ => None,
    }
}

fn bound(value: &Value) -> Option<Bound> {
    let Value::Number(written) = value else {
        return None;
    };
    Some(Bound {
        written: written.clone(),
        decimal: Decimal::of(written),
    })
}

/// A count, which may be written as 2.0.
fn count(value: &Value) -> Option<usize> {
    let count = value.as_u64().or_else(|| {
        let float = value
            .as_f64()
            .filter(|float| *float >= 0.0 && float.fract() == 0.0)?;
        Some(float as u64)
    });
    Some(usize::try_from(count?).unwrap_or(usize::MAX))
}

fn strings(value: &Value) -> Option<Vec<String>> {
    let texts = value.as_array()?.iter();
    texts.map(|text| text.as_str().map(str::to_owned)).collect()
}
