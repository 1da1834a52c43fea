//! How much of a schema is read and written.

use super::parameter;
use crate::common::{finding, options, specification, tool};
use serde_json::{Value, json};
use toolmill_generator::{Limits, Options, generate};

#[test]
fn limits_hold_just_above_and_not_just_below() {
    let limits = Limits {
        schema_depth: 4,
        enum_values: 3,
        input_schemas: 13,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..options()
    };
    let made = |schema: &str| {
        let text = specification(
            &format!(
                "  /a: {{ get: {{ operationId: call, parameters: [{{ name: q, in: query, schema: {schema} }}], responses: {{}} }} }}"
            ),
            "",
        );
        generate(text.as_bytes(), &options).unwrap()
    };
    let nested = |depth: usize| {
        (0..depth).fold("{ type: string }".to_owned(), |inner, _| {
            format!("{{ items: {inner} }}")
        })
    };
    let properties = |count: usize| {
        let all: Vec<_> = (0..count)
            .map(|index| format!("p{index}: {{ not: {{}} }}"))
            .collect();
        format!("{{ properties: {{ {} }} }}", all.join(", "))
    };
    for (within, beyond) in [
        (nested(3), nested(4)),
        (
            "{ enum: [1, 2, 3] }".to_owned(),
            "{ enum: [1, 2, 3, 4] }".to_owned(),
        ),
        (properties(5), properties(6)),
    ] {
        assert_eq!(made(&within).diagnostics.to_string(), "", "{within}");
        finding(&made(&beyond).diagnostics, "limit");
    }
    let cut = tool(&made(&properties(6)), "call");
    assert_eq!(
        cut["inputSchema"]["properties"]["q"]["properties"]["p5"],
        json!({})
    );
}

/// Written out, each of these would be larger than any memory: the test ends
/// because none of them ever is.
#[test]
fn no_schema_nests_deeper_than_clients_read() {
    fn levels(value: &Value) -> usize {
        let inner = match value {
            Value::Array(items) => items.iter().map(levels).max(),
            Value::Object(members) => members.values().map(levels).max(),
            _ => return 0,
        };
        1 + inner.unwrap_or_default()
    }
    let nested = |depth: usize| {
        let schema = (0..depth).fold(
            json!({ "type": "integer" }),
            |inner, _| json!({ "allOf": [inner] }),
        );
        parameter(&schema.to_string())
    };
    let deepest = nested(47);
    assert_eq!(levels(&tool(&deepest, "call")["inputSchema"]), 97);
    assert!(deepest.diagnostics.is_empty(), "{}", deepest.diagnostics);
    let deeper = nested(48);
    finding(&deeper.diagnostics, "limit");
    assert!(levels(&tool(&deeper, "call")["inputSchema"]) <= 97);
    let schema = &tool(&deeper, "call")["inputSchema"]["properties"]["q"];
    assert!(schema.to_string().contains("{}"), "{schema}");
}

#[test]
fn alternatives_are_never_multiplied() {
    let wide =
        |name: &str| vec![format!("{{ $ref: '#/components/schemas/{name}' }}"); 60].join(", ");
    for keyword in ["anyOf", "oneOf", "allOf"] {
        let levels: Vec<_> = (0..12)
            .map(|level| {
                let next = (level + 1) % 12;
                format!(
                    "    L{level}: {{ {keyword}: [{}], properties: {{ a: {{ $ref: '#/components/schemas/L{next}' }} }} }}",
                    wide(&format!("L{next}"))
                )
            })
            .collect();
        let schema = "{ $ref: '#/components/schemas/L0' }";
        let content = format!("{{ application/json: {{ schema: {schema} }} }}");
        let text = specification(
            &format!(
                "  /a: {{ post: {{ operationId: call, requestBody: {{ required: true, content: {content} }}, responses: {{ '200': {{ description: d, content: {content} }} }} }} }}"
            ),
            &format!("components:\n  schemas:\n{}", levels.join("\n")),
        );
        let limits = Limits {
            input_schemas: 100,
            ..Limits::default()
        };
        for options in [
            options(),
            Options {
                limits,
                ..options()
            },
        ] {
            let found = generate(text.as_bytes(), &options).unwrap();
            assert_eq!(found.manifest.tools.len(), 1, "{keyword}");
        }
    }
}
