//! The runtime's validation beside the crate `jsonschema`, which is too large for a server and
//! passes the official test suite: on schemas and values made at random, from few words so that
//! they have to do with each other, both have to say the same.

#[path = "../../src/validation/mod.rs"]
mod validation;

use serde_json::{Map, Value, json};

/// How many schemas are made, and how many values for each.
const SCHEMAS: usize = 6_000;
const VALUES: usize = 20;

#[test]
fn the_verdict_is_that_of_the_crate_jsonschema() {
    let mut random = Random::with(&PATTERNS);
    let mut verdicts = [0, 0];
    for _ in 0..SCHEMAS {
        let schema = root(&mut random);
        let oracle = oracle(&schema);
        let compiled = validation::compile(schema.clone());
        for _ in 0..VALUES {
            let value = value(&mut random, 3);
            let checked = validation::check(&compiled, &value);
            let expected = oracle.is_valid(&value);
            assert_eq!(
                checked.is_ok(),
                expected,
                "{} {value}: {checked:?}",
                json!(schema)
            );
            verdicts[usize::from(expected)] += 1;
            let nulls = validation::unwanted_nulls(&compiled, &value);
            assert!(
                nulls.is_empty() || !expected,
                "{} {value}: {nulls:?}",
                json!(schema)
            );
            if let Err(text) = checked {
                assert!(
                    text.contains("\n- `"),
                    "nothing is told of {} {value}",
                    json!(schema)
                );
            }
        }
    }
    // Schemas that refuse all, or nothing, would show nothing.
    assert!(
        verdicts.iter().all(|count| *count > SCHEMAS * VALUES / 10),
        "{verdicts:?}"
    );
}

/// Patterns that look ahead are not enforced, which must not turn into a refusal anywhere.
#[test]
fn what_is_not_enforced_refuses_nothing() {
    let mut random = Random::with(&AHEAD);
    let mut verdicts = [0, 0];
    for _ in 0..SCHEMAS {
        let schema = turned(&mut random);
        let oracle = oracle(&schema);
        let compiled = validation::compile(schema.clone());
        for _ in 0..VALUES {
            let value = value(&mut random, 3);
            let checked = validation::check(&compiled, &value);
            assert!(
                checked.is_ok() || !oracle.is_valid(&value),
                "{} {value}: {checked:?}",
                json!(schema)
            );
            verdicts[usize::from(checked.is_ok())] += 1;
        }
    }
    assert!(
        verdicts.iter().all(|count| *count > SCHEMAS * VALUES / 10),
        "{verdicts:?}"
    );
}

/// A schema that refuses what another admits, which leaves something unevaluated.
fn turned(random: &mut Random) -> Map<String, Value> {
    let several = random.of(&["anyOf", "oneOf", "allOf", "dependentSchemas"]);
    let branches = match *several {
        "dependentSchemas" => json!({ *random.of(&NAMES): schema(random, 3) }),
        _ => json!([schema(random, 3), schema(random, 2)]),
    };
    let rest = random.of(&["unevaluatedItems", "unevaluatedProperties"]);
    let inner = json!({ *several: branches, *rest: subschema(random, 1) });
    let mut turned = match random.below(3) {
        0 => json!({ "not": inner }),
        1 => json!({ "oneOf": [inner, subschema(random, 1)] }),
        _ => json!({ "if": inner, "then": false }),
    };
    turned["$defs"] = json!({ "x": subschema(random, 2), "y": subschema(random, 1) });
    turned.as_object().cloned().unwrap_or_default()
}

fn oracle(schema: &Map<String, Value>) -> jsonschema::Validator {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .build(&Value::Object(schema.clone()))
        .unwrap_or_else(|error| panic!("{error}: {}", json!(schema)))
}

/// A schema that is a function of how often it was asked (Marsaglia, Xorshift RNGs, 2003).
struct Random {
    state: u64,
    /// The patterns that schemas have.
    patterns: &'static [&'static str],
}

impl Random {
    fn with(patterns: &'static [&'static str]) -> Self {
        Self {
            state: 0x9e37_79b9_7f4a_7c15,
            patterns,
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 33).unwrap_or_default() % limit
    }

    fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

const NAMES: [&str; 4] = ["a", "b", "ab", "c/~d"];
const PATTERNS: [&str; 4] = ["^a", "b$", r"^[a-c]{1,2}$", r"\d"];
const AHEAD: [&str; 4] = ["^(?=a)", "(?!b)", "^a", "(?=.*b)"];

fn root(random: &mut Random) -> Map<String, Value> {
    let mut schema = schema(random, 3);
    schema["$defs"] = json!({ "x": subschema(random, 2), "y": subschema(random, 1) });
    schema.as_object().cloned().unwrap_or_default()
}

fn schema(random: &mut Random, depth: usize) -> Value {
    let mut members = Map::new();
    for _ in 0..=random.below(3) {
        let (name, value) = keyword(random, depth);
        members.insert(name.to_owned(), value);
    }
    Value::Object(members)
}

/// A schema below another, which may be a boolean or a reference.
fn subschema(random: &mut Random, depth: usize) -> Value {
    match random.below(10) {
        0 => json!(false),
        1 => json!(true),
        // References lead only to what is not deeper, so that none is without an end.
        2 if depth > 1 => json!({ "$ref": "#/$defs/y" }),
        3 if depth > 2 => json!({ "$ref": "#/$defs/x" }),
        _ => schema(random, depth.saturating_sub(1)),
    }
}

fn keyword(random: &mut Random, depth: usize) -> (&'static str, Value) {
    if depth > 0 && random.below(2) == 0 {
        return applicator(random, depth);
    }
    let count = random.below(4);
    let number = random.of(&NUMBERS).parse::<Value>().unwrap_or_default();
    match random.below(21) {
        0 => ("type", json!(random.of(&TYPES))),
        1 => ("type", json!([TYPES[count], TYPES[count + 2]])),
        2 => (
            "enum",
            json!([value(random, 1), value(random, 1), value(random, 0)]),
        ),
        3 => ("const", value(random, 1)),
        4 => ("minimum", number),
        5 => ("exclusiveMinimum", number),
        6 => ("maximum", number),
        7 => ("exclusiveMaximum", number),
        8 => (
            "multipleOf",
            random
                .of(&["1", "0.5", "3", "0.01", "1e2"])
                .parse()
                .unwrap_or_default(),
        ),
        9 => ("minLength", json!(count)),
        10 => ("maxLength", json!(count)),
        11 => ("pattern", json!(random.of(random.patterns))),
        12 => ("minItems", json!(count)),
        13 => ("maxItems", json!(count)),
        14 => ("uniqueItems", json!(count > 0)),
        15 => ("minProperties", json!(count)),
        16 => ("maxProperties", json!(count)),
        17 => ("minContains", json!(count)),
        18 => ("maxContains", json!(count)),
        19 => ("required", json!([random.of(&NAMES)])),
        _ => (
            "dependentRequired",
            json!({ *random.of(&NAMES): [random.of(&NAMES)] }),
        ),
    }
}

fn applicator(random: &mut Random, depth: usize) -> (&'static str, Value) {
    let below = |random: &mut Random| subschema(random, depth);
    let several =
        |random: &mut Random| -> Value { (0..=random.below(3)).map(|_| below(random)).collect() };
    match random.below(18) {
        0 | 1 => {
            let members =
                (0..=random.below(3)).map(|_| (random.of(&NAMES).to_string(), below(random)));
            ("properties", members.collect::<Map<_, _>>().into())
        }
        2 => (
            "patternProperties",
            json!({ *random.of(random.patterns): below(random) }),
        ),
        3 => ("additionalProperties", below(random)),
        4 => ("propertyNames", below(random)),
        5 => (
            "dependentSchemas",
            json!({ *random.of(&NAMES): below(random) }),
        ),
        6 => ("prefixItems", several(random)),
        7 => ("items", below(random)),
        8 => ("contains", below(random)),
        9 => ("allOf", several(random)),
        10 => ("anyOf", several(random)),
        11 => ("oneOf", several(random)),
        12 => ("not", below(random)),
        13 => ("if", below(random)),
        14 => ("then", below(random)),
        15 => ("else", below(random)),
        16 => ("unevaluatedItems", below(random)),
        _ => ("unevaluatedProperties", below(random)),
    }
}

const TYPES: [&str; 7] = [
    "object", "array", "string", "integer", "number", "boolean", "null",
];
const NUMBERS: [&str; 12] = [
    "0",
    "-0.0",
    "1",
    "1.0",
    "2.5",
    "-3",
    "3",
    "100",
    "1e2",
    "0.35",
    "9007199254740993",
    "9007199254740992",
];

fn value(random: &mut Random, depth: usize) -> Value {
    let kinds = if depth == 0 { 5 } else { 9 };
    match random.below(kinds) {
        0 => Value::Null,
        1 => json!(random.below(2) == 0),
        2 | 3 => random.of(&NUMBERS).parse().unwrap_or_default(),
        4 => json!(random.of(&["", "a", "ab", "b", "c1", "é😀", "abc"])),
        5 | 6 => (0..random.below(4))
            .map(|_| value(random, depth - 1))
            .collect(),
        _ => {
            let members = (0..random.below(4))
                .map(|_| (random.of(&NAMES).to_string(), value(random, depth - 1)));
            Value::Object(members.collect())
        }
    }
}
