//! Input schemas for the strictest providers.

use crate::common::{options, specification, tool};
use serde_json::{Value, json};
use toolmill_generator::{FileSet, Limits, Options, SchemaProfile, be_strict, generate, parse};

fn strict(specification: &str) -> FileSet {
    let options = Options {
        schema_profile: SchemaProfile::Strict,
        ..options()
    };
    generate(specification.as_bytes(), &options).expect("the specification is usable")
}

/// The tool of one operation that takes a JSON body of this schema (YAML).
fn of_body(schema: &str, rest: &str) -> Value {
    let found = strict(&specification(
        &format!(
            "  /a: {{ post: {{ operationId: a, requestBody: {{ required: true, content: {{ application/json: {{ schema: {schema} }} }} }}, responses: {{}} }} }}"
        ),
        rest,
    ));
    tool(&found, "a")
}

#[test]
fn what_is_optional_may_be_null() {
    let tool = of_body(
        "{ type: object, required: [id, gone], properties: { id: { type: integer }, gone: { type: string, nullable: true }, name: { type: string, description: Its name., maxLength: 5, default: Rex }, kind: { type: string, enum: [a, b] } } }",
        "",
    );
    assert_eq!(
        tool["inputSchema"],
        json!({
            "type": "object",
            "properties": {
                "id": { "type": "integer" },
                "gone": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
                "name": {
                    "anyOf": [{ "type": "string" }, { "type": "null" }],
                    "description": "Its name. At most 5 characters. Default: \"Rex\"."
                },
                "kind": { "anyOf": [{ "type": "string", "enum": ["a", "b"] }, { "type": "null" }] }
            },
            "required": ["id", "gone", "name", "kind"],
            "additionalProperties": false
        })
    );
    // A null that the API asks for is sent.
    assert_eq!(tool["strict"]["absent"], json!(["/name", "/kind"]));
    assert_eq!(tool["strict"]["json"], json!([]));
    assert_eq!(
        tool["strict"]["schema"]["properties"]["name"]["maxLength"],
        5
    );
    assert_eq!(tool["strict"]["schema"]["required"], json!(["id", "gone"]));
}

#[test]
fn composition_is_written_out() {
    let tool = of_body(
        "{ $ref: '#/components/schemas/Pet' }",
        "components:
  schemas:
    Named: { type: object, required: [name], properties: { name: { type: string } } }
    Pet:
      allOf:
        - $ref: '#/components/schemas/Named'
        - type: object
          properties:
            name: { minLength: 1 }
            toy: { oneOf: [{ $ref: '#/components/schemas/Named' }, { type: string }] }
            size: { type: [integer, string] }
            list: { type: array, maxItems: 3, items: { $ref: '#/components/schemas/Named' } }",
    );
    let named = json!({
        "type": "object",
        "properties": { "name": { "type": "string" } },
        "required": ["name"],
        "additionalProperties": false
    });
    let properties = &tool["inputSchema"]["properties"];
    assert_eq!(
        properties["name"],
        json!({ "type": "string", "description": "At least 1 characters." })
    );
    assert_eq!(
        properties["toy"],
        json!({ "anyOf": [named, { "type": "string" }, { "type": "null" }] })
    );
    assert_eq!(
        properties["list"],
        json!({
            "anyOf": [{ "type": "array", "items": named }, { "type": "null" }],
            "description": "At most 3 items."
        })
    );
    assert_eq!(tool["inputSchema"]["$defs"], Value::Null);
    assert_eq!(tool["inputDefs"], json!([]));
    assert_eq!(tool["strict"]["defs"], json!(["Named"]));
}

#[test]
fn what_cannot_be_said_is_a_text_of_json() {
    let tool = of_body(
        "{ type: object, required: [map, tree, any], properties: { map: { type: object, additionalProperties: { type: string } }, tree: { $ref: '#/components/schemas/Tree' }, any: {}, odd: { type: object, properties: { 'filter[x]': { type: string } } }, mixed: { anyOf: [{ type: string }, { type: object }] }, list: { type: array, items: { type: object } } } }",
        "components:
  schemas:
    Tree: { type: object, required: [name], properties: { name: { type: string }, parent: { $ref: '#/components/schemas/Tree' } } }",
    );
    let properties = &tool["inputSchema"]["properties"];
    assert_eq!(
        properties["map"],
        json!({
            "type": "string",
            "description": "A JSON object, as text. Its schema: {\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"
        })
    );
    // The first level of what is recursive is said, the second is not.
    assert_eq!(properties["tree"]["type"], "object");
    assert_eq!(
        properties["tree"]["properties"]["parent"]["anyOf"][0],
        json!({ "type": "string" })
    );
    assert_eq!(
        tool["strict"]["json"],
        json!(["/map", "/tree/parent", "/any", "/odd", "/mixed", "/list/*"])
    );
    assert_eq!(
        tool["strict"]["absent"],
        json!(["/tree/parent", "/odd", "/mixed", "/list"])
    );
}

#[test]
fn what_is_deep_or_large_is_cut_to_texts() {
    let nested = (0..8).fold("{ type: string }".to_owned(), |inner, level| {
        format!("{{ type: object, required: [p{level}], properties: {{ p{level}: {inner} }} }}")
    });
    let tool = of_body(&nested, "");
    assert_eq!(tool["strict"]["json"], json!(["/p7/p6/p5/p4/p3"]));
    let wide = |count: usize| {
        let inner: Vec<_> = (0..10)
            .map(|n| format!("q{n}: {{ type: string }}"))
            .collect();
        let inner = format!("{{ type: object, properties: {{ {} }} }}", inner.join(", "));
        let outer: Vec<_> = (0..count).map(|n| format!("p{n}: {inner}")).collect();
        format!("{{ type: object, properties: {{ {} }} }}", outer.join(", "))
    };
    let texts = |schema: &str| {
        of_body(schema, "")["strict"]["json"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(texts(&wide(9)), Some(0));
    assert_eq!(texts(&wide(10)), Some(10));
}

#[test]
fn a_tool_without_arguments_and_long_prose_are_fine() {
    let found = strict(&specification(
        &format!(
            "  /a: {{ get: {{ operationId: a, description: {}, responses: {{}} }} }}",
            "words ".repeat(400)
        ),
        "",
    ));
    let tool = tool(&found, "a");
    assert_eq!(
        tool["inputSchema"],
        json!({ "type": "object", "properties": {}, "required": [], "additionalProperties": false })
    );
    let length = tool["description"].as_str().map_or(0, str::len);
    assert!((900..=1_024).contains(&length), "{length}");
}

#[test]
fn a_document_can_ask_for_it() {
    let text = "openapi: 3.0.3
x-mcp-strict: true
info: {}
paths: { /a: { get: { parameters: [{ name: q, in: query, schema: { type: string } }] } } }";
    let files = generate(text.as_bytes(), &options()).expect("the specification is usable");
    assert_eq!(
        tool(&files, "get_a")["inputSchema"]["required"],
        json!(["q"])
    );
    // The crate's own test makes its calls as the API describes them.
    let plain = generate(text.replace("true", "false").as_bytes(), &options());
    let plain = plain.expect("the specification is usable");
    assert_eq!(
        files.files["tests/wire.rs"], plain.files["tests/wire.rs"],
        "the same calls"
    );
}

#[test]
fn a_document_is_told_to_ask_for_it() {
    let text = specification("  /a: { get: { operationId: a, responses: {} } }", "");
    let document = parse(text.as_bytes(), &Limits::default()).expect("a document");
    let written = String::from_utf8(be_strict(&document).bytes.to_vec()).expect("text");
    assert!(written.contains("\"x-mcp-strict\": true"), "{written}");
    assert!(!tool(&strict(&text), "a")["strict"].is_null());
    let files = generate(written.as_bytes(), &options()).expect("the specification is usable");
    assert!(!tool(&files, "a")["strict"].is_null());
}

#[test]
fn what_is_copied_too_often_is_a_text() {
    use std::fmt::Write as _;

    let of_tree = |values: usize| {
        let values: Vec<_> = (0..values).map(|value| format!("v{value}")).collect();
        let mut schemas = format!(
            "components:\n  schemas:\n    N0: {{ type: string, enum: [{}] }}\n",
            values.join(", ")
        );
        for level in 1..=8 {
            let below = format!("$ref: '#/components/schemas/N{}'", level - 1);
            let _ = writeln!(
                schemas,
                "    N{level}: {{ oneOf: [{{ {below} }}, {{ {below}, description: Again. }}] }}"
            );
        }
        let top = "{ type: object, required: [a], properties: { a: { $ref: '#/components/schemas/N8' } } }";
        of_body(top, &schemas)["inputSchema"]["properties"]["a"].clone()
    };
    // 256 copies of 10 values have room, those of 5,000 do not.
    assert!(!of_tree(10).to_string().contains("JSON"));
    let text = of_tree(5_000);
    assert_eq!(text["type"], "string");
    assert!(
        text["description"]
            .as_str()
            .is_some_and(|text| text.contains("A JSON value, as text"))
    );
}
