//! Schemas: from OpenAPI's to JSON Schema 2020-12, for inputs and outputs.

mod bounds;

use crate::common::{files, finding, manifest, specification, tool};
use serde_json::{Value, json};
use toolmill_generator::FileSet;

/// The output for one operation with a query parameter `q` of `schema`.
fn parameter(schema: &str) -> FileSet {
    files(&specification(
        &format!(
            "  /a: {{ get: {{ operationId: call, parameters: [{{ name: q, in: query, schema: {schema} }}], responses: {{}} }} }}"
        ),
        "",
    ))
}

fn converted(schema: &str) -> Value {
    tool(&parameter(schema), "call")["inputSchema"]["properties"]["q"].clone()
}

/// The tool for one operation with a required JSON body of `schema`.
fn body(schema: &str, rest: &str) -> Value {
    tool(&files(&with_body(schema, rest)), "call")
}

fn with_body(schema: &str, rest: &str) -> String {
    specification(
        &format!(
            "  /a/{{id}}: {{ post: {{ operationId: call, requestBody: {{ required: true, content: {{ application/json: {{ schema: {schema} }} }} }}, responses: {{}} }} }}"
        ),
        rest,
    )
}

/// The tool for one operation that answers `schema`.
fn answer(schema: &str, rest: &str) -> Value {
    let response =
        format!("{{ description: d, content: {{ application/json: {{ schema: {schema} }} }} }}");
    tool(
        &files(&specification(
            &format!(
                "  /a: {{ get: {{ operationId: call, responses: {{ '200': {response} }} }} }}"
            ),
            rest,
        )),
        "call",
    )
}

#[test]
fn forms_of_3_0_become_json_schema() {
    for (written, expected) in [
        (
            "{ type: string, nullable: true }",
            json!({ "type": ["string", "null"] }),
        ),
        (
            "{ type: string, nullable: true, enum: [a, b] }",
            json!({ "type": ["string", "null"], "enum": ["a", "b", null] }),
        ),
        (
            "{ nullable: true, enum: [1] }",
            json!({ "enum": [1, null] }),
        ),
        (
            "{ nullable: true, description: d, allOf: [{ type: object }] }",
            json!({ "description": "d", "anyOf": [{ "allOf": [{ "type": "object" }] }, { "type": "null" }] }),
        ),
        (
            "{ type: integer, minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false }",
            json!({ "type": "integer", "exclusiveMinimum": 1, "maximum": 9 }),
        ),
        (
            "{ type: string, example: e }",
            json!({ "type": "string", "examples": ["e"] }),
        ),
        (
            "{ type: array, items: [{ type: string }, { type: integer }] }",
            json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "items": {} }),
        ),
        ("{ type: file }", json!({ "type": "string" })),
    ] {
        assert_eq!(converted(written), expected, "{written}");
    }
}

#[test]
fn only_keywords_of_the_allow_list_pass() {
    let written = "{ type: object, x-mcp-header: Region, xml: {}, externalDocs: {}, $id: x, $schema: y, readOnly: false,
        properties: { $ref: { type: string, x-go-type: evil }, properties: { properties: { a: {} } } } }";
    assert_eq!(
        converted(written),
        json!({ "type": "object", "properties": { "$ref": { "type": "string" }, "properties": { "properties": { "a": {} } } } })
    );
}

#[test]
fn keywords_that_make_no_sense_are_left_out() {
    for (written, expected) in [
        (
            "{ type: string, minLength: -1 }",
            json!({ "type": "string" }),
        ),
        (
            "{ type: string, maxLength: many }",
            json!({ "type": "string" }),
        ),
        (
            "{ type: number, maximum: .inf, minimum: 1e400 }",
            json!({ "type": "number", "minimum": serde_json::from_str::<Value>("1e400").unwrap() }),
        ),
        (
            "{ type: number, multipleOf: 0 }",
            json!({ "type": "number" }),
        ),
        (
            "{ type: integer, default: text }",
            json!({ "type": "integer" }),
        ),
        (
            "{ type: object, required: true }",
            json!({ "type": "object" }),
        ),
        (
            "{ type: object, required: [], properties: [] }",
            json!({ "type": "object" }),
        ),
        ("{ type: string, enum: [] }", json!({ "type": "string" })),
        ("{ type: [string, date] }", json!({ "type": "string" })),
        ("{ type: any }", json!({})),
        ("{ oneOf: [] }", json!({})),
        (
            "{ enum: [a, a, 1, '1', 1.0] }",
            json!({ "enum": ["a", 1, "1", serde_json::from_str::<Value>("1.0").unwrap()] }),
        ),
        ("5", json!({})),
    ] {
        assert_eq!(converted(written), expected, "{written}");
    }
}

#[test]
fn strings_stay_what_their_author_wrote() {
    assert_eq!(
        converted("{ type: string, enum: [no, 1e3, 010, 2024-02-29, true], default: 0x1F }"),
        json!({ "type": "string", "enum": ["no", "1e3", "010", "2024-02-29", "true"], "default": "0x1F" })
    );
    let big = converted(
        "{ type: integer, minimum: 9007199254740993, maximum: 123456789012345678901234567890 }",
    );
    assert_eq!(
        big.to_string(),
        r#"{"type":"integer","minimum":9007199254740993,"maximum":123456789012345678901234567890}"#
    );
}

#[test]
fn a_pattern_that_needs_backtracking_is_kept_and_reported() {
    let found = parameter("{ type: string, pattern: '^(?!x).*$' }");
    assert_eq!(
        tool(&found, "call")["inputSchema"]["properties"]["q"]["pattern"],
        "^(?!x).*$"
    );
    finding(&found.diagnostics, "pattern-not-enforced");
}

#[test]
fn a_plain_body_is_flat() {
    let flat = body(
        "{ $ref: '#/components/schemas/New' }",
        "components:
  schemas:
    New:
      allOf:
        - { $ref: '#/components/schemas/Base' }
        - { type: object, required: [size], properties: { size: { type: integer }, note: { type: string } } }
    Base: { type: object, required: [uid, name], properties: { uid: { type: string, readOnly: true }, name: { type: string }, 'a b': {} } }",
    );
    let input = &flat["inputSchema"];
    let arguments: Vec<_> = input["properties"].as_object().unwrap().keys().collect();
    assert_eq!(arguments, ["id", "name", "a_b", "size", "note"]);
    assert_eq!(input["required"], json!(["id", "name", "size"]));
    assert_eq!(input["additionalProperties"], json!(false));
}

#[test]
fn a_property_that_is_read_only_in_one_branch_is_optional() {
    let flat = body(
        "{ allOf: [{ properties: { a: { readOnly: true }, b: { readOnly: true } } }, { required: [a, c], properties: { a: { type: string }, c: {} } }] }",
        "",
    );
    let input = &flat["inputSchema"];
    assert_eq!(
        input["properties"]["a"],
        json!({ "allOf": [{}, { "type": "string" }] })
    );
    assert_eq!(input["properties"]["b"], json!(null));
    assert_eq!(input["required"], json!(["id", "c"]));
}

#[test]
fn an_optional_body_without_content_is_no_body() {
    let call = |media: &str, schema: &str| {
        let text = format!(
            "  /a: {{ get: {{ operationId: call, requestBody: {{ content: {{ {media}: {{ schema: {schema} }} }} }}, responses: {{}} }} }}"
        );
        files(&specification(&text, "")).manifest.tools.len()
    };
    assert_eq!(
        call(
            "application/x-www-form-urlencoded",
            "{ type: object, properties: {}, additionalProperties: false }"
        ),
        1
    );
    assert_eq!(call("text/plain", "{ type: string }"), 1);
    assert_eq!(call("multipart/mixed", "{ type: string }"), 0);
}

#[test]
fn a_body_that_flatness_would_change_is_nested() {
    for schema in [
        "{ type: object, properties: { id: {} } }",
        "{ type: object, properties: { 'a b': {}, a_b: {} } }",
        "{ type: object, properties: { a: {} }, additionalProperties: { type: string } }",
        "{ type: object, properties: { a: {} }, oneOf: [{ required: [a] }, {}] }",
        "{ type: object, properties: { a: {} }, minProperties: 1 }",
        "{ type: object, properties: { a: {} }, nullable: true }",
        "{ type: object, properties: { a: {} }, required: [b] }",
        "{ type: object, properties: { a: {} }, discriminator: { propertyName: a } }",
        "{ type: object }",
        "{ type: array, items: {} }",
        "{ type: string }",
        "{}",
    ] {
        let input = &body(schema, "")["inputSchema"];
        let arguments: Vec<_> = input["properties"].as_object().unwrap().keys().collect();
        assert_eq!(arguments, ["id", "body"], "{schema}");
        assert_eq!(input["required"], json!(["id", "body"]), "{schema}");
    }
    let optional = specification(
        "  /a: { post: { operationId: call, requestBody: { content: { application/json: { schema: { type: object, required: [a], properties: { a: {} } } } } }, responses: {} } }",
        "",
    );
    assert_eq!(
        tool(&files(&optional), "call")["inputSchema"]["required"],
        json!(null)
    );
}

#[test]
fn the_media_type_is_the_declared_one() {
    let source = |media: &str| {
        let found = files(&specification(
            &format!(
                "  /a: {{ post: {{ requestBody: {{ content: {{ {media} }} }}, responses: {{}} }} }}"
            ),
            "",
        ));
        crate::common::text(&found, "src/tools/untagged.rs").to_owned()
    };
    assert!(
        source("text/plain: {}, application/vnd.a+json: {}")
            .contains(r#".json("application/vnd.a+json", "#)
    );
    assert!(
        source("application/vnd.a+json: {}, application/json: {}")
            .contains(r#".json("application/json", "#)
    );
    assert!(
        source("application/json; charset=utf-8: {}")
            .contains(r#".json("application/json; charset=utf-8", "#)
    );
    assert!(source("'*/*': {}").contains(r#".json("application/json", "#));
}

#[test]
fn definitions_differ_by_direction_only_where_they_have_to() {
    let found = files(&specification(
        "  /a:
    put:
      operationId: call
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Tree' } } } }
      responses: { '200': { description: d, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Tree' } } } } } }",
        "components:
  schemas:
    Tree: { type: object, properties: { left: { $ref: '#/components/schemas/Tree' }, leaf: { $ref: '#/components/schemas/Leaf' }, color: { $ref: '#/components/schemas/Color' } } }
    Leaf: { type: object, required: [id, secret], properties: { id: { type: integer, readOnly: true }, secret: { type: string, writeOnly: true } } }
    Color: { type: string, enum: [red], example: red }
    Unused: { type: string }",
    ));
    let definitions = manifest(&found)["$defs"].clone();
    let names: Vec<_> = definitions.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "Color",
            "LeafInput",
            "LeafOutput",
            "TreeInput",
            "TreeOutput"
        ]
    );
    assert_eq!(
        definitions["LeafInput"],
        json!({ "type": "object", "required": ["secret"], "properties": { "secret": { "type": "string" } } })
    );
    assert_eq!(
        definitions["LeafOutput"],
        json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } })
    );
    assert_eq!(
        definitions["TreeInput"]["properties"]["left"],
        json!({ "$ref": "#/$defs/TreeInput" })
    );
    let call = tool(&found, "call");
    assert_eq!(
        call["inputDefs"],
        json!(["Color", "LeafInput", "TreeInput"])
    );
    assert_eq!(
        call["outputDefs"],
        json!(["Color", "LeafOutput", "TreeOutput"])
    );
}

#[test]
fn references_lead_inside_the_document_or_nowhere() {
    for reference in [
        "file:///etc/passwd",
        "http://169.254.169.254/x",
        "../other.yaml#/a",
        "//host/x",
        "other.json",
    ] {
        let found = files(&with_body(&format!("{{ $ref: '{reference}' }}"), ""));
        assert!(found.manifest.tools.is_empty(), "{reference}");
        assert!(found.diagnostics.iter().any(|one| one.code == "reference-outside" && one.pointer.ends_with("/schema/$ref")), "{reference}");
    }
    for reference in [
        "#/components/schemas/None",
        "#/openapi",
        "#/paths/~1a~1{id}/post/responses/x",
    ] {
        assert_eq!(
            body(&format!("{{ $ref: '{reference}' }}"), "")["inputSchema"]["properties"]["body"],
            json!({}),
            "{reference}"
        );
    }
    let endless = body(
        "{ $ref: '#/components/schemas/A' }",
        "components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } }",
    );
    assert_eq!(endless["inputDefs"], json!(["A", "B"]));
    let odd = body(
        "{ $ref: '#/components/schemas/a~1b%20c' }",
        "components: { schemas: { 'a/b c': { type: string } } }",
    );
    assert_eq!(
        odd["inputSchema"]["properties"]["body"],
        json!({ "$ref": "#/$defs/a_b_20c" })
    );
}

#[test]
fn an_output_never_refuses_a_good_answer() {
    let object = answer(
        "{ type: object, required: [a], properties: { a: { type: string, example: e }, b: { writeOnly: true } } }",
        "",
    );
    assert_eq!(
        object["outputSchema"],
        json!({ "type": "object", "properties": { "a": { "anyOf": [{ "type": "string" }, {}] } } })
    );
    assert_eq!(object["wrapResult"], json!(null));
    let map = answer(
        "{ type: object, additionalProperties: { type: integer } }",
        "",
    );
    assert_eq!(
        map["outputSchema"],
        json!({ "type": "object", "anyOf": [{ "type": "object", "additionalProperties": { "type": "integer" } }, {}] })
    );
    let list = answer("{ type: array, items: { type: string } }", "");
    assert_eq!(
        list["outputSchema"],
        json!({ "type": "object", "properties": { "result": { "anyOf": [{ "type": "array", "items": { "type": "string" } }, {}] } } })
    );
    assert_eq!(list["wrapResult"], json!(true));
    assert_eq!(answer("{}", "")["outputSchema"], json!(null));
    let text = files(&specification(
        "  /a: { get: { operationId: call, responses: { '200': { description: d, content: { text/plain: { schema: { type: string } } } } } } }",
        "",
    ));
    assert_eq!(tool(&text, "call")["outputSchema"], json!(null));
}

#[test]
fn a_large_output_is_cut_where_it_is_deep() {
    let properties = |count: usize, schema: &str| {
        let all: Vec<_> = (0..count)
            .map(|index| format!("property{index}: {schema}"))
            .collect();
        format!("{{ type: object, properties: {{ {} }} }}", all.join(", "))
    };
    let inner = properties(20, "{ type: string, description: Said of it. }");
    let found = files(&specification(
        &format!(
            "  /a: {{ get: {{ operationId: call, responses: {{ '200': {{ description: d, content: {{ application/json: {{ schema: {} }} }} }} }} }} }}",
            properties(40, "{ $ref: '#/components/schemas/Inner' }")
        ),
        &format!(
            "components:\n  schemas:\n    Inner: {}",
            properties(20, &inner)
        ),
    ));
    let call = tool(&found, "call");
    assert!(call["outputSchema"].to_string().len() <= 16 << 10);
    assert_eq!(
        call["outputSchema"]["properties"]
            .as_object()
            .unwrap()
            .len(),
        40
    );
    finding(&found.diagnostics, "output-bounded");
}

#[test]
fn alternatives_are_open_but_for_conditions() {
    for (schema, keyword) in [
        ("{ oneOf: [{ type: integer }, { type: number }] }", "anyOf"),
        ("{ oneOf: [{ enum: [now] }, { type: string }] }", "anyOf"),
        (
            "{ type: object, properties: { a: {}, b: {} }, oneOf: [{ required: [a] }, { required: [b] }] }",
            "oneOf",
        ),
        ("{ oneOf: [{ required: [a] }, { type: string }] }", "anyOf"),
    ] {
        let found = files(&with_body(schema, ""));
        let body = &tool(&found, "call")["inputSchema"]["properties"]["body"];
        let has = |keyword: &str| !body[keyword].is_null();
        assert!(has(keyword), "{body}");
        assert_ne!(has("oneOf"), has("anyOf"), "{body}");
    }
}

#[test]
fn a_discriminator_opens_the_alternatives() {
    let one = body(
        "{ $ref: '#/components/schemas/Pet' }",
        "components:
  schemas:
    Pet: { description: A pet., oneOf: [{ $ref: '#/components/schemas/Cat' }], discriminator: { propertyName: kind, mapping: { cat: '#/components/schemas/Cat' } } }
    Cat: { type: object }",
    );
    assert_eq!(one["inputDefs"], json!(["Cat", "Pet"]));
    let found = files(&with_body(
        "{ oneOf: [{ type: string }, { type: object }], discriminator: { propertyName: kind, mapping: { cat: Cat } } }",
        "",
    ));
    assert_eq!(
        tool(&found, "call")["inputSchema"]["properties"]["body"],
        json!({ "anyOf": [{ "type": "string" }, { "type": "object" }], "description": "`kind` chooses: `cat` for Cat." })
    );
}
