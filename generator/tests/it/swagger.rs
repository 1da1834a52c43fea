//! Swagger 2.0: the same tools as the same API in 3.0, and findings that point
//! into the author's own text.

use crate::common::{files, finding, manifest, names, place, refusal, text, tool};
use serde_json::json;
use toolmill_generator::Severity;

fn swagger(paths: &str, rest: &str) -> String {
    format!("swagger: '2.0'\ninfo: {{ title: Test, version: '1' }}\npaths:\n{paths}\n{rest}\n")
}

#[test]
fn parameters_have_their_types_and_array_formats() {
    let found = files(&swagger(
        "  /a/{ids}:
    parameters:
      - { name: ids, in: path, required: true, type: array, items: { type: integer }, collectionFormat: ssv }
      - { name: shared, in: query, type: string }
    get:
      operationId: read
      parameters:
        - { name: shared, in: query, type: integer, minimum: 0, exclusiveMinimum: true }
        - { name: plain, in: query, type: array, items: { type: string } }
        - { name: many, in: query, type: array, items: { type: string }, collectionFormat: multi }
        - { name: spaced, in: query, type: array, items: { type: string }, collectionFormat: ssv }
        - { name: piped, in: query, type: array, items: { type: string }, collectionFormat: pipes }
        - { name: tabbed, in: query, type: array, items: { type: string }, collectionFormat: tsv }
        - { name: X-Piped, in: header, type: array, items: { type: string }, collectionFormat: pipes }
        - { name: maybe, in: query, type: string, x-nullable: true, enum: [x] }
        - { name: X-List, in: header, type: array, items: { type: string } }
        - $ref: '#/parameters/limit'
      responses: { 200: { description: '' } }",
        "parameters: { limit: { name: limit, in: query, type: integer, default: 5 } }",
    ));
    let source = text(&found, "src/tools/untagged.rs");
    for expected in [
        r#".path("ids", Style::SpaceDelimited)"#,
        r#".query("plain", Style::Form.joined())"#,
        r#".query("many", Style::Form)"#,
        r#".query("spaced", Style::SpaceDelimited)"#,
        r#".query("piped", Style::PipeDelimited)"#,
        r#".query("tabbed", Style::TabDelimited)"#,
        r#".header("X-Piped", Style::PipeDelimited)"#,
        r#".header("X-List", Style::Simple)"#,
        r#".query("limit", Style::Form)"#,
    ] {
        assert!(source.contains(expected), "no {expected} in\n{source}");
    }
    let properties = &tool(&found, "read")["inputSchema"]["properties"];
    assert_eq!(
        properties["shared"],
        json!({ "type": "integer", "exclusiveMinimum": 0 })
    );
    assert_eq!(
        properties["maybe"],
        json!({ "type": ["string", "null"], "enum": ["x", null] })
    );
    assert_eq!(
        properties["limit"],
        json!({ "type": "integer", "default": 5 })
    );
}

#[test]
fn the_body_parameter_is_the_body() {
    let found = files(&swagger(
        "  /a:
    post:
      operationId: make
      consumes: [application/xml, application/vnd.a+json]
      parameters: [{ $ref: '#/parameters/pet' }]
      responses: {}
  /b:
    parameters: [{ $ref: '#/parameters/pet' }]
    get: { operationId: read, responses: {} }
    put:
      operationId: own
      parameters: [{ in: body, name: mine, schema: { type: array, items: { type: string } } }]
      responses: {}",
        "consumes: [application/json]
parameters: { pet: { in: body, name: pet, required: true, schema: { $ref: '#/definitions/Pet' } } }
definitions:
  Pet: { type: object, required: [name], properties: { name: { type: string }, next: { $ref: '#/definitions/Pet' } } }",
    ));
    let make = &tool(&found, "make")["inputSchema"];
    assert_eq!(make["required"], json!(["name"]));
    assert_eq!(make["properties"]["next"], json!({ "$ref": "#/$defs/Pet" }));
    let source = text(&found, "src/tools/untagged.rs");
    assert!(source.contains("application/vnd.a+json"), "{source}");
    let own = &tool(&found, "own")["inputSchema"];
    assert_eq!(own["properties"]["body"]["type"], "array");
    assert_eq!(own["required"], json!(null));
}

#[test]
fn answers_are_what_the_operation_produces() {
    let found = files(&swagger(
        "  /a:
    get: { operationId: json, responses: { 200: { $ref: '#/responses/one' } } }
    put: { operationId: xml, produces: [text/xml], responses: { 200: { $ref: '#/responses/one' } } }
    post: { operationId: file, produces: [], responses: { 200: { schema: { type: file } } } }",
        "responses: { one: { description: '', schema: { $ref: '#/definitions/One' } } }
definitions: { One: { type: object, properties: { a: { type: string, x-nullable: true } } } }",
    ));
    let output = &tool(&found, "json")["outputSchema"];
    assert_eq!(
        output["properties"]["a"]["anyOf"][0],
        json!({ "type": ["string", "null"] })
    );
    for without in ["xml", "file"] {
        assert!(tool(&found, without)["outputSchema"].is_null(), "{without}");
    }
}

#[test]
fn references_into_operations_go_on_leading_somewhere() {
    let found = files(&swagger(
        "  /a/{id}:
    post:
      operationId: make
      parameters:
        - { name: id, in: path, required: true, type: string }
        - in: body
          name: body
          required: true
          schema: { type: object, properties: { kind: { type: string, enum: [x, 'y%'] } } }
      responses: {}
  /b:
    post:
      operationId: like
      parameters:
        - in: body
          name: body
          required: true
          schema: { type: object, properties: { kind: { $ref: '#/paths/~1a~1%7Bid%7D/post/parameters/1/schema/properties/kind' } } }
      responses: {}",
        "",
    ));
    assert!(found.diagnostics.is_empty(), "{}", found.diagnostics);
    let like = &tool(&found, "like")["inputSchema"];
    let reference = like["properties"]["kind"]["$ref"].as_str().unwrap();
    let name = reference.strip_prefix("#/$defs/").unwrap();
    let definitions = &manifest(&found)["$defs"];
    assert_eq!(definitions[name]["enum"], json!(["x", "y%"]));
}

#[test]
fn servers_and_security_are_made() {
    let found = files(&swagger(
        "  /a: { get: { operationId: read, responses: {} } }",
        "host: api.example.com
basePath: /v1/
schemes: [http, https, ws]
security: [{ key: [], login: [] }]
securityDefinitions:
  key: { type: apiKey, in: query, name: k }
  login: { type: basic }
  oauth: { type: oauth2, flow: implicit, authorizationUrl: 'https://x.test', scopes: {} }",
    ));
    assert_eq!(
        manifest(&found)["servers"],
        json!(["https://api.example.com/v1", "http://api.example.com/v1"])
    );
    let security = text(&found, "src/security.rs");
    for kind in ["Basic", "Bearer"] {
        assert!(security.contains(kind), "{security}");
    }
}

#[test]
fn findings_point_into_the_authors_text() {
    let found = files(&swagger(
        "  /a:
    post:
      operationId: upload
      consumes: [multipart/mixed]
      parameters:
        - { name: ok, in: query, type: string }
        - { name: picture, in: body, schema: { type: string } }
      responses: {}
  /b: { get: { operationId: b, parameters: [{ $ref: '#/parameters/none' }], responses: {} } }
  /c: { get: { operationId: c, parameters: [{ name: l, in: path, required: true, type: array, collectionFormat: ssv, items: {} }], responses: {} } }
  /d: { get: { operationId: d, responses: {} } }",
        "",
    ));
    assert_eq!(names(&found), ["c", "d"]);
    assert_eq!(
        place(finding(&found.diagnostics, "media-type-unsupported")),
        ("/paths/~1a/post/parameters/1", 10, 11, Severity::Error)
    );
    assert_eq!(
        place(finding(&found.diagnostics, "reference-missing")).0,
        "/paths/~1b/get/parameters/0"
    );
}

#[test]
fn versions_that_never_were_are_refused() {
    for version in ["'1.2'", "'3.0'", "2.5", "[2.0]"] {
        let refused = refusal(format!("swagger: {version}\npaths: {{}}\n"));
        finding(&refused, "version-unsupported");
    }
}

#[test]
fn forms_have_their_array_formats_too() {
    let found = files(&swagger(
        "  /a:
    post:
      operationId: send
      consumes: [multipart/form-data]
      parameters:
        - { name: plain, in: formData, type: array, items: { type: string } }
        - { name: many, in: formData, type: array, items: { type: string }, collectionFormat: multi }
        - { name: tabbed, in: formData, type: array, items: { type: string }, collectionFormat: tsv }
        - { name: files, in: formData, type: array, items: { type: file } }
      responses: {}
    put:
      operationId: write
      parameters:
        - { name: piped, in: formData, type: array, items: { type: string }, collectionFormat: pipes }
      responses: {}",
        "",
    ));
    assert!(found.diagnostics.is_empty(), "{}", found.diagnostics);
    let source = text(&found, "src/tools/untagged.rs");
    for expected in [
        r#"Field::of("plain").style(Style::Form.joined())"#,
        r#"Field::of("tabbed").style(Style::TabDelimited)"#,
        r#"Field::of("files").file()"#,
        r#"Field::of("piped").style(Style::PipeDelimited)"#,
    ] {
        assert!(source.contains(expected), "no {expected} in\n{source}");
    }
    assert!(!source.contains(r#"Field::of("many")"#), "{source}");
}
