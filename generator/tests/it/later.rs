//! What OpenAPI 3.1 and 3.2 have and 3.0 has not.

use crate::common::{files, finding, names, place, text, tool};
use serde_json::json;
use toolmill_generator::Severity;

#[test]
fn the_query_method_makes_a_tool() {
    let found = files(
        "openapi: 3.2.0
info: { title: T, version: '1' }
paths:
  /search:
    query:
      operationId: search
      requestBody:
        required: true
        content: { application/json: { $ref: '#/components/mediaTypes/Search' } }
      responses: { 200: { content: { application/json: { $ref: '#/components/mediaTypes/Search' } } } }
components:
  mediaTypes:
    Search: { schema: { type: object, properties: { words: { type: string } } } }
",
    );
    assert_eq!(names(&found), ["search"]);
    assert!(
        text(&found, "src/tools/untagged.rs")
            .contains(r#"Request::with_method("QUERY", "/search", args)"#)
    );
    let search = tool(&found, "search");
    assert_eq!(search["annotations"]["readOnlyHint"], true);
    assert_eq!(
        search["inputSchema"]["properties"],
        json!({ "words": { "type": "string" } })
    );
    assert!(!search["outputSchema"]["properties"]["words"].is_null());
}

#[test]
fn additional_operations_are_tools_of_their_methods() {
    let found = files(
        "openapi: 3.2.0
info: { title: T, version: '1' }
paths:
  /a/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    post: { operationId: post, responses: {} }
    additionalOperations:
      COPY: { operationId: copy, responses: {} }
      PROPFIND: { responses: {} }
      DELETE: { operationId: delete, responses: {} }
      POST: { operationId: twice, responses: {} }
      CONNECT: { operationId: connect, responses: {} }
      'NO METHOD': { operationId: none, responses: {} }
      x-get: 5
",
    );
    let source = text(&found, "src/tools/untagged.rs");
    assert_eq!(names(&found), ["post", "copy", "propfind_a_id", "delete"]);
    assert!(source.contains(r#"Request::with_method("COPY", "/a/{id}", args)"#));
    assert!(source.contains(r#"Request::delete("/a/{id}", args)"#));
    assert!(text(&found, "toolmill.lock").contains(r#""COPY /a/{id}" = "copy""#));
    assert!(text(&found, "tests/wire.rs").contains(r#"method: "PROPFIND""#));
    for (name, read_only, destructive) in [("copy", false, true), ("propfind_a_id", true, false)] {
        let annotations = &tool(&found, name)["annotations"];
        assert_eq!(annotations["readOnlyHint"], read_only, "{name}");
        assert_eq!(annotations["destructiveHint"], destructive, "{name}");
        assert_eq!(annotations["idempotentHint"], true, "{name}");
    }
    let left_out: Vec<_> = found
        .diagnostics
        .iter()
        .map(|found| (found.code.as_str(), found.pointer.as_str()))
        .collect();
    let at = |name| format!("/paths/~1a~1{{id}}/additionalOperations/{name}");
    assert_eq!(
        left_out,
        [
            ("method-unsupported", at("POST").as_str()),
            ("method-unsupported", &at("CONNECT")),
            ("method-unsupported", &at("NO METHOD")),
            ("operation-unusable", &at("x-get")),
        ]
    );
}

#[test]
fn a_whole_query_is_a_form_json_or_text() {
    let found = files(
        "openapi: 3.2.0
info: { title: T, version: '1' }
paths:
  /a:
    parameters: [{ $ref: '#/components/parameters/q' }]
    get: { operationId: a, responses: {} }
  /b:
    get:
      operationId: b
      parameters:
        - { name: q, in: querystring, required: true, content: { application/json: { schema: {} } } }
      responses: {}
  /c:
    get:
      operationId: c
      parameters:
        - { name: q, in: querystring, content: { application/jsonpath: { schema: { type: string } } } }
      responses: {}
  /d:
    get:
      operationId: d
      parameters:
        - { name: q, in: querystring, content: { application/xml: { schema: { type: object } } } }
      responses: {}
  /e:
    get:
      operationId: e
      parameters:
        - { $ref: '#/components/parameters/q' }
        - { name: other, in: query, schema: { type: string } }
      responses: {}
components:
  parameters:
    q:
      name: q
      in: querystring
      content:
        application/x-www-form-urlencoded:
          schema: { type: object, properties: { words: { type: string }, joined: { type: array, items: { type: string } } } }
          encoding: { joined: { style: form, explode: false } }
",
    );
    assert_eq!(names(&found), ["a", "b", "c", "e"]);
    let source = text(&found, "src/tools/untagged.rs");
    for expected in [
        r#".query_form("q", &[Field::of("joined").style(Style::Form.joined())])"#,
        r#".query_string("q", Style::Json)"#,
        r#".query_string("q", Style::Simple)"#,
    ] {
        assert!(source.contains(expected), "no {expected} in\n{source}");
    }
    let wire = text(&found, "tests/wire.rs");
    for expected in [
        r#"target: "/a?words=a%20b&joined=a%20b""#,
        r#"target: "/b?%22text%22""#,
        r#"target: "/c?a%20b""#,
    ] {
        assert!(wire.contains(expected), "no {expected} in\n{wire}");
    }
    assert_eq!(
        place(finding(&found.diagnostics, "media-type-unsupported")).0,
        "/paths/~1d/get/parameters/0/content"
    );
    assert_eq!(
        place(finding(&found.diagnostics, "parameter-unusable")).3,
        Severity::Warning
    );
}

#[test]
fn a_sequence_is_the_list_of_its_items() {
    let found = files(
        "openapi: 3.2.0
info: { title: T, version: '1' }
paths:
  /lines:
    post:
      operationId: lines
      requestBody:
        required: true
        content: { application/jsonl: { itemSchema: { $ref: '#/components/schemas/Item' } } }
      responses: { 200: { content: { application/json-seq: { $ref: '#/components/mediaTypes/Items' } } } }
  /events:
    get: { operationId: events, responses: { 200: { $ref: '#/components/responses/Events' } } }
components:
  schemas:
    Item: { type: object, required: [a], properties: { a: { type: integer } } }
  mediaTypes:
    Items: { itemSchema: { $ref: '#/components/schemas/Item' } }
  responses:
    Events:
      description: ''
      content:
        text/event-stream: { itemSchema: { type: object, properties: { data: { type: string } } } }
",
    );
    assert!(found.diagnostics.is_empty(), "{}", found.diagnostics);
    let lines = tool(&found, "lines");
    assert_eq!(
        lines["inputSchema"]["properties"]["body"],
        json!({ "type": "array", "items": { "$ref": "#/$defs/Item" } })
    );
    let items = |tool: &serde_json::Value| {
        tool["outputSchema"]["properties"]["result"]["anyOf"][0]["items"].clone()
    };
    assert_eq!(items(&lines), json!({ "$ref": "#/$defs/Item" }));
    assert_eq!(
        items(&tool(&found, "events"))["properties"]["data"]["type"],
        "string"
    );
    assert!(
        text(&found, "src/tools/untagged.rs")
            .contains(r#".sequence("application/jsonl", Source::Argument("body"))"#)
    );
    let wire = text(&found, "tests/wire.rs");
    assert!(wire.contains(r#"body: "{\"a\":1}\n""#), "{wire}");
}

#[test]
fn path_items_are_shared_and_siblings_of_references_count() {
    let found = files(
        "openapi: 3.1.0
info: { title: T }
webhooks: { hook: { post: { responses: {} } } }
paths:
  /a: { $ref: '#/components/pathItems/shared' }
components:
  pathItems:
    shared:
      get:
        operationId: a
        parameters:
          - { name: q, in: query, schema: { $ref: '#/components/schemas/S', minLength: 2, description: Mine } }
        responses: {}
  schemas:
    S: { type: string, description: Theirs }
",
    );
    assert!(found.diagnostics.is_empty(), "{}", found.diagnostics);
    let schema = &tool(&found, "a")["inputSchema"]["properties"]["q"];
    assert_eq!(schema["minLength"], 2);
    assert_eq!(schema["description"], "Mine");
}

#[test]
fn junk_costs_nothing() {
    let found = files(
        "openapi: 3.1.0
info: {}
tags: nonsense
servers: [{ url: 'https://{region.example.com' }, { url: 'https://ok.example.com' }]
paths:
  /a?mode=1:
    get:
      tags: []
      parameters:
        - { name: e, in: query, required: [], schema: { type: string, enum: [] } }
        - { name: items, in: query, schema: { type: array, items: false } }
        - { name: r, in: query, schema: { type: object, required: [], properties: { $ref: { type: string } } } }
      responses: { 200: {}, default: }
  /b#one: { get: { operationId: dup, responses: { 200: { content: } } } }
  /b#two: { get: { operationId: dup } }
",
    );
    assert_eq!(found.manifest.tools.len(), 3, "{}", found.diagnostics);
    let properties = &tool(&found, "get_a_mode_1")["inputSchema"]["properties"];
    assert_eq!(properties["e"], json!({ "type": "string" }));
    assert_eq!(
        properties["items"],
        json!({ "type": "array", "items": { "not": {} } })
    );
    assert_eq!(
        properties["r"]["properties"],
        json!({ "$ref": { "type": "string" } })
    );
    let errors: Vec<_> = found.diagnostics.of(Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
}
