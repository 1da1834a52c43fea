//! Arguments against a tool's own input schema (JSON Schema 2020-12).
//!
//! Written for what a server needs, since the crates that do all of it make half of its size. What
//! can not be enforced, by its own nature (`format`, which is for information only) or since it
//! can not be compiled (a `pattern` that looks ahead), makes a verdict unsure instead of being
//! forgotten: so `oneOf` refuses only where two alternatives match for certain.

mod compile;
mod equal;
mod evaluate;
mod evaluated;
mod explain;
mod number;
mod pattern;
mod schema;
mod steps;

use serde_json::{Map, Value};

pub(crate) use self::schema::Schema;
use self::{evaluate::Evaluation, explain::Faults, schema::Keyword};

/// Compiles a tool's input schema.
///
/// What can not be compiled stays in the published schema and is not enforced.
pub(crate) fn compile(schema: Map<String, Value>) -> Schema {
    compile::compile(&Value::Object(schema))
}

/// Checks arguments.
///
/// # Errors
/// What is wrong with which argument, and what was expected, for the caller of the tool.
pub(crate) fn check(schema: &Schema, arguments: &Value) -> Result<(), String> {
    if Evaluation::of(schema).node(0, arguments).is_invalid() {
        return Err(Faults::of(&mut Evaluation::of(schema), arguments).text());
    }
    Ok(())
}

/// The arguments that are `null` where their own schemas admit none.
pub(crate) fn unwanted_nulls(schema: &Schema, arguments: &Value) -> Vec<String> {
    let mut evaluation = Evaluation::of(schema);
    let mut is_refused = |name: &str| {
        let mut keywords = schema.nodes[0].keywords.iter();
        keywords.any(|keyword| match keyword {
            Keyword::Members(members) => {
                evaluation.member(members, name, &Value::Null).is_invalid()
            }
            _ => false,
        })
    };
    let members = arguments.as_object().into_iter().flatten();
    let nulls = members.filter(|(_, value)| value.is_null());
    let names = nulls.map(|(name, _)| name.clone());
    names.filter(|name| is_refused(name)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_valid(schema: &Value, arguments: &Value) -> bool {
        let schema = schema.as_object().cloned().expect("an object");
        check(&compile(schema), arguments).is_ok()
    }

    #[test]
    fn keywords_mean_what_2020_12_says() {
        for (schema, good, bad) in [
            (
                json!({"prefixItems": [{"type": "string"}], "items": false}),
                json!(["a"]),
                json!(["a", 1]),
            ),
            (json!({"exclusiveMinimum": 1}), json!(2), json!(1)),
            (
                json!({"dependentRequired": {"a": ["b"]}}),
                json!({"a": 1, "b": 1}),
                json!({"a": 1}),
            ),
            (
                json!({"$ref": "#/$defs/A", "maxLength": 2, "$defs": {"A": {"type": "string"}}}),
                json!("ab"),
                json!("abc"),
            ),
            (
                json!({"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}),
                json!({"a": 1}),
                json!({"b": 1}),
            ),
            (
                json!({"$ref": "#/$defs/T", "$defs": {"T": {"properties": {"t": {"$ref": "#/$defs/T"}}, "additionalProperties": false}}}),
                json!({"t": {"t": {}}}),
                json!({"t": {"t": {"u": 1}}}),
            ),
            (
                json!({"const": 9007199254740993_i64}),
                json!(9007199254740993_i64),
                json!(9007199254740992_i64),
            ),
            (
                json!({"type": "string", "format": "date"}),
                json!("not a date"),
                json!(1),
            ),
        ] {
            assert!(is_valid(&schema, &good), "{schema} {good}");
            assert!(!is_valid(&schema, &bad), "{schema} {bad}");
        }
    }

    #[test]
    fn what_is_perhaps_evaluated_neither_refuses_nor_admits() {
        let perhaps = json!({
            "anyOf": [{"type": "object"}, {"properties": {"a": {"pattern": "(?=x)"}}}],
            "unevaluatedProperties": false,
        });
        let elsewhere = json!({"$ref": "https://a.test/", "unevaluatedProperties": false});
        let items = json!({
            "type": "array",
            "oneOf": [{"prefixItems": [{"pattern": "(?=x)"}]}, {"minItems": 3}],
            "unevaluatedItems": false,
        });
        for (schema, value) in [
            (&perhaps, json!({"a": "y"})),
            (&elsewhere, json!({"a": "y"})),
            (&items, json!(["y"])),
        ] {
            assert!(is_valid(schema, &value), "{schema}");
            assert!(is_valid(&json!({ "not": schema }), &value), "{schema}");
            let either = json!({ "oneOf": [schema, true] });
            assert!(is_valid(&either, &value), "{schema}");
        }
        assert!(!is_valid(&perhaps, &json!({"b": "y"})), "control");
        assert!(!is_valid(&items, &json!(["y", "z"])), "control");
    }

    /// A schema that looks at its `leaf` again and again, and refuses what that admits.
    fn tower(leaf: &Value) -> Value {
        let mut definitions = json!({ "0": leaf });
        for level in 1..=12 {
            let below = json!({ "$ref": format!("#/$defs/{}", level - 1) });
            definitions[level.to_string()] = json!({ "oneOf": [below, below] });
        }
        json!({ "$ref": "#/$defs/12", "$defs": definitions })
    }

    #[test]
    fn work_is_counted_whatever_it_is_spent_on() {
        let number = |digits: usize| -> Value {
            serde_json::from_str(&"3".repeat(digits)).expect("a number")
        };
        let names: Vec<_> = (0..5000).map(|name| name.to_string()).collect();
        let object: Map<_, _> = names.iter().map(|name| (name.clone(), json!(1))).collect();
        let small = json!({ "1": 1 });
        let text = json!("a".repeat(1 << 20));
        let items: Vec<_> = (0..5000).collect();
        for (leaf, much, little) in [
            (json!({"minLength": 1}), text.clone(), json!("a")),
            (json!({"enum": ["a", text]}), text, json!("a")),
            (json!({"minimum": 1}), number(1 << 16), number(1)),
            (json!({"multipleOf": 3}), number(1 << 16), number(1)),
            (json!({"type": "integer"}), number(1 << 16), number(1)),
            (
                json!({"enum": [number(1 << 16)]}),
                number(1 << 16),
                json!("x"),
            ),
            (json!({"uniqueItems": true}), json!(items), json!([1])),
            (json!({"properties": {}}), json!(object), small.clone()),
            (json!({"propertyNames": {}}), json!(object), small),
            (
                json!({"pattern": "^(a|b|c){9,99}"}),
                json!("a".repeat(60_000)),
                json!("b"),
            ),
        ] {
            let schema = tower(&leaf);
            let shown: String = leaf.to_string().chars().take(50).collect();
            assert!(is_valid(&schema, &much), "{shown}");
            assert!(!is_valid(&schema, &little), "{shown}");
        }
        let required = tower(&json!({ "required": names }));
        assert!(is_valid(&required, &json!(object)));
    }

    #[test]
    fn a_schema_that_comes_back_to_itself_is_explained() {
        for node in [
            json!({"allOf": [{"type": "object"}, {"$ref": "#/$defs/N"}]}),
            json!({"anyOf": [{"allOf": [{"type": "object"}, {"$ref": "#/$defs/N"}]}]}),
            json!({"type": "object", "if": {"type": "number"}, "then": {"$ref": "#/$defs/N"}}),
            json!({"type": "object", "$ref": "#/$defs/N"}),
        ] {
            let schema = json!({
                "properties": {"n": {"$ref": "#/$defs/N"}},
                "$defs": {"N": node},
            });
            let schema = compile(schema.as_object().cloned().expect("an object"));
            let text = check(&schema, &json!({"n": 1})).expect_err("a number is no object");
            assert!(text.contains("of type object"), "{node}: {text}");
        }
    }

    #[test]
    fn nonsense_is_left_out_and_nothing_panics() {
        let keywords = [
            "$ref",
            "$dynamicRef",
            "$defs",
            "additionalProperties",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "then",
            "contains",
            "minContains",
            "dependentRequired",
            "dependentSchemas",
            "enum",
            "exclusiveMaximum",
            "items",
            "prefixItems",
            "maxItems",
            "maxLength",
            "maximum",
            "minProperties",
            "multipleOf",
            "pattern",
            "patternProperties",
            "properties",
            "propertyNames",
            "required",
            "type",
            "unevaluatedItems",
            "unevaluatedProperties",
            "uniqueItems",
            "$id",
            "$anchor",
            "$schema",
            "format",
            "contentEncoding",
        ];
        let values = [
            json!(null),
            json!(true),
            json!("("),
            json!(-1),
            json!(1.5),
            json!([]),
            json!([5, "x", null]),
            json!({"x": 5}),
            json!({"(": "y"}),
            json!({"x": {"type": 5}}),
            json!("http://evil.test/x"),
            json!(0),
        ];
        for keyword in keywords {
            for value in &values {
                let inner = json!({ keyword: value });
                let mut schema = json!({"properties": {"a": inner, "b": {"type": "string"}}});
                schema["required"] = json!(["b"]);
                let validator = compile(schema.as_object().cloned().expect("an object"));
                assert!(check(&validator, &json!({})).is_err(), "{keyword} {value}");
                let _ = check(&validator, &json!({"b": "x", "a": {"x": [1, "a"]}}));
            }
        }
    }
}
