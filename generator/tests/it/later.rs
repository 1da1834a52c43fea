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
    additionalOperations:
      COPY: { operationId: copy, responses: {} }
components:
  mediaTypes:
    Search: { schema: { type: object, properties: { words: { type: string } } } }
",
    );
    assert_eq!(names(&found), ["search"]);
    assert!(
        text(&found, "src/tools/untagged.rs")
            .contains(r#"Request::with_method("QUERY", "/search")"#)
    );
    let search = tool(&found, "search");
    assert_eq!(search["annotations"]["readOnlyHint"], true);
    assert_eq!(
        search["inputSchema"]["properties"],
        json!({ "words": { "type": "string" } })
    );
    assert!(!search["outputSchema"]["properties"]["words"].is_null());
    assert_eq!(
        place(finding(&found.diagnostics, "method-unsupported")),
        (
            "/paths/~1search/additionalOperations/COPY",
            12,
            7,
            Severity::Warning
        )
    );
}

#[test]
fn a_whole_query_is_an_exploded_object() {
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
        - { name: q, in: querystring, content: { application/json: { schema: {} } } }
      responses: {}
components:
  parameters:
    q:
      name: q
      in: querystring
      content:
        application/x-www-form-urlencoded:
          schema: { type: object, properties: { words: { type: string } } }
",
    );
    assert_eq!(names(&found), ["a"]);
    assert!(
        text(&found, "src/tools/untagged.rs")
            .contains(r#".query("q", args.get("q"), Style::Form.exploded())"#)
    );
    assert_eq!(
        place(finding(&found.diagnostics, "parameter-unusable")).0,
        "/paths/~1b/get/parameters/0"
    );
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
        json!({ "type": "array", "items": false })
    );
    assert_eq!(
        properties["r"]["properties"],
        json!({ "$ref": { "type": "string" } })
    );
    let errors: Vec<_> = found.diagnostics.of(Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
}
