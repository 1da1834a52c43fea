//! What changed between two tool surfaces, and what of it breaks callers.

mod requests;
mod types;

use serde_json::{Value, json};
use toolmill_core::Slug;
use toolmill_generator::{Comparison, Manifest, Options, compare, generate};

/// A specification with one tool to send a body to, which answers with it.
fn specification(schema: &Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Things", "version": "1" },
        "servers": [{ "url": "https://things.example" }],
        "paths": { "/things": { "post": {
            "operationId": "addThing",
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Envelope" },
            } } },
            "responses": { "200": { "description": "It.", "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Envelope" },
            } } } },
        } } },
        "components": { "schemas": {
            "Envelope": {
                "type": "object",
                "required": ["thing"],
                "properties": { "thing": { "$ref": "#/components/schemas/Thing" } },
            },
            "Thing": schema,
        } },
    })
}

fn manifest(specification: &Value) -> Manifest {
    let slug = Slug::suggest("things");
    let text = specification.to_string();
    generate(text.as_bytes(), &Options::new(slug))
        .unwrap_or_else(|found| panic!("{found}"))
        .manifest
}

fn between(before: &Value, after: &Value) -> Comparison {
    compare(&manifest(before), &manifest(after))
}

/// `kind part path breaking` of each change, sorted.
fn lines(comparison: &Comparison) -> Vec<String> {
    let line = |change: &Value| {
        let text = |key: &str| change[key].as_str().unwrap_or_default().to_owned();
        let breaking = if change["breaking"] == true { " !" } else { "" };
        format!(
            "{} {} {}{breaking}",
            text("kind"),
            text("part"),
            text("path")
        )
    };
    let changes = serde_json::to_value(&comparison.changes).expect("JSON");
    let mut lines: Vec<_> = changes
        .as_array()
        .expect("a list")
        .iter()
        .map(line)
        .collect();
    lines.sort();
    lines
}

#[test]
fn the_same_is_the_same() {
    let thing = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    let comparison = between(&specification(&thing), &specification(&thing));
    assert!(comparison.is_empty() && !comparison.is_breaking());
}

/// For each pair, what may be sent and what comes is judged by itself.
#[test]
fn schemas_are_judged_by_their_direction() {
    let object = |properties: Value, required: Value| json!({ "type": "object", "properties": properties, "required": required });
    let cases = [
        (
            object(json!({ "a": {} }), json!(["a"])),
            object(json!({ "a": {}, "b": {} }), json!(["a"])),
            vec!["property-added input b", "property-added output b"],
        ),
        (
            object(json!({ "a": {} }), json!(["a"])),
            object(json!({ "a": {}, "b": {} }), json!(["a", "b"])),
            vec!["property-added input b !", "property-added output b"],
        ),
        (
            object(json!({ "a": {}, "b": {} }), json!([])),
            object(json!({ "a": {} }), json!([])),
            vec!["property-removed input b !", "property-removed output b !"],
        ),
        (
            object(json!({ "a": {} }), json!(["a"])),
            object(json!({ "a": {} }), json!([])),
            vec!["property-optional input a", "property-optional output a !"],
        ),
        (
            object(json!({ "a": {} }), json!([])),
            object(json!({ "a": {} }), json!(["a"])),
            vec!["property-required input a !", "property-required output a"],
        ),
        (
            json!({ "type": "number" }),
            json!({ "type": "integer" }),
            vec!["type-narrowed input  !", "type-narrowed output "],
        ),
        (
            json!({ "type": "string" }),
            json!({ "type": "string", "nullable": true }),
            vec!["type-widened input ", "type-widened output  !"],
        ),
        (
            json!({ "type": "string" }),
            json!({ "type": "boolean" }),
            vec!["type-changed input  !", "type-changed output  !"],
        ),
        (
            json!({ "type": "string", "enum": ["a", "b"] }),
            json!({ "type": "string", "enum": ["b", "c"] }),
            vec![
                "enum-value-added input ",
                "enum-value-added output ",
                "enum-value-removed input  !",
                "enum-value-removed output ",
            ],
        ),
        (
            json!({ "type": "array", "items": { "type": "string", "maxLength": 5 } }),
            json!({ "type": "array", "items": { "type": "string", "maxLength": 4 } }),
            vec![
                "constraint-tightened input [] !",
                "constraint-tightened output []",
            ],
        ),
        (
            json!({ "type": "integer", "minimum": 5 }),
            json!({ "type": "integer", "minimum": 4, "default": 7 }),
            vec![
                "constraint-loosened input ",
                "constraint-loosened output ",
                "default-changed input ",
                "default-changed output ",
            ],
        ),
        (
            json!({ "type": "string", "pattern": "^a", "description": "One." }),
            json!({ "type": "string", "pattern": "^b", "description": "Two." }),
            vec![
                "constraint-changed input  !",
                "constraint-changed output ",
                "description-changed input ",
                "description-changed output ",
            ],
        ),
        (
            json!({ "type": "object", "properties": {} }),
            json!({ "type": "object", "properties": {}, "additionalProperties": { "type": "string" } }),
            vec!["type-narrowed input * !"],
        ),
        (
            json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            json!({ "type": "object", "additionalProperties": false }),
            vec![
                "constraint-tightened input  !",
                "constraint-tightened output ",
            ],
        ),
        (
            json!({ "type": "string", "not": { "enum": ["a"] } }),
            json!({ "type": "string", "not": { "enum": ["a", "b"] } }),
            vec!["constraint-changed input  !", "constraint-changed output "],
        ),
        (
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] }),
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }, { "type": "boolean" }] }),
            vec![
                "alternative-added input ",
                "alternative-added output ",
                "type-widened input ",
                "type-widened output  !",
            ],
        ),
    ];
    for (before, after, expected) in cases {
        let comparison = between(&specification(&before), &specification(&after));
        assert_eq!(lines(&comparison), expected, "{before} → {after}");
    }
}

#[test]
fn a_shared_schema_is_told_once_with_its_tools() {
    let thing = |kind: &str| {
        json!({ "type": "object", "properties": {
        "kind": { "type": kind },
        "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" } },
    } })
    };
    let two_tools = |kind: &str| {
        let mut specification = specification(&thing(kind));
        let mut other = specification["paths"]["/things"]["post"].clone();
        other["operationId"] = json!("changeThing");
        specification["paths"]["/things"]["put"] = other;
        specification
    };
    let comparison = between(&two_tools("string"), &two_tools("integer"));
    assert_eq!(
        lines(&comparison),
        ["type-changed input kind !", "type-changed output kind !"]
    );
    for change in &comparison.changes {
        assert_eq!(change.tools, ["addThing", "changeThing"]);
        assert_eq!(change.schema.as_deref(), Some("Thing"));
    }
}

#[test]
fn circles_of_different_lengths_come_to_an_end() {
    let circle = |steps: usize, leaf: &str| {
        let inner = (0..steps).fold(
            json!({ "$ref": "#/components/schemas/Thing" }),
            |inner, _| json!({ "type": "object", "properties": { "next": inner } }),
        );
        json!({ "type": "object", "properties": { "next": inner, "leaf": { "type": leaf } } })
    };
    let comparison = between(
        &specification(&circle(2, "string")),
        &specification(&circle(3, "integer")),
    );
    assert!(comparison.is_breaking());
    assert!(!comparison.incomplete);
}

/// Each level has so many alternatives that all paths through them are too many.
#[test]
fn alternatives_that_multiply_come_to_an_end() {
    let nested = |levels: usize, width: usize, innermost: &str| {
        let mut specification = specification(&json!({ "$ref": "#/components/schemas/A0" }));
        let schemas = &mut specification["components"]["schemas"];
        for level in 0..levels {
            let next = format!("#/components/schemas/A{}", level + 1);
            let branches = vec![json!({ "$ref": next }); width];
            schemas[format!("A{level}")] = json!({ "oneOf": branches });
        }
        schemas[format!("A{levels}")] = json!({ "type": innermost });
        specification
    };
    let changed = |levels, width| {
        between(
            &nested(levels, width, "string"),
            &nested(levels, width, "boolean"),
        )
    };
    let narrow = lines(&changed(2, 2));
    let told = |line: &String| line.starts_with("type-changed input");
    assert!(narrow.iter().any(told), "control: {narrow:?}");
    assert!(changed(8, 100).is_breaking());
}

#[test]
fn tools_come_and_go_and_change() {
    let before = json!({
        "openapi": "3.0.3",
        "info": { "title": "Things", "version": "1" },
        "servers": [{ "url": "https://things.example" }],
        "paths": {
            "/gone": { "get": { "operationId": "gone", "responses": {} } },
            "/read": { "get": { "operationId": "read", "responses": {} } },
            "/moved": { "get": { "operationId": "moved", "responses": {} } },
            "/open": { "get": { "operationId": "open", "responses": {} } },
            "/named": { "get": { "operationId": "oldName", "responses": {} } },
        },
        "components": { "securitySchemes": {
            "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
        } },
    });
    let mut after = before.clone();
    let paths = after["paths"].as_object_mut().expect("paths");
    paths.shift_remove("/gone");
    let read = paths["/read"]["get"].take();
    paths["/read"] = json!({ "post": read });
    let moved = paths.shift_remove("/moved").expect("there");
    paths.insert("/moved/there".to_owned(), moved);
    paths["/open"]["get"]["security"] = json!([{ "key": [] }]);
    paths["/named"]["get"]["operationId"] = json!("newName");
    paths.insert(
        "/new".to_owned(),
        json!({ "get": { "operationId": "new", "responses": {} } }),
    );
    let comparison = between(&before, &after);
    let told: Vec<_> = comparison
        .changes
        .iter()
        .filter(|change| {
            let kind = serde_json::to_value(change.kind).expect("JSON");
            kind != "description-changed" && kind != "title-changed"
        })
        .map(|change| {
            let clause = change.describe(&|text| format!("`{text}`"));
            format!(
                "{} {clause}{}",
                change.tools.join(", "),
                if change.breaking { " !" } else { "" }
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "read its method was `GET` and is `POST` !",
            "open its security was `[]` and is `[[\"key\"]]` !",
            "newName was called `oldName` !",
            "moved its path was `/moved` and is `/moved/there`",
            "new is new (`GET /new`)",
            "gone is gone (it was `GET /gone`) !",
        ]
    );
}

#[test]
fn markdown_holds_hostile_text_in_code_spans() {
    let hostile = "x`](https://evil.example) <img src=x> @admin # Heading";
    let thing = |value: &str| json!({ "type": "string", "enum": [value, "other"] });
    let comparison = between(
        &specification(&thing("plain")),
        &specification(&thing(hostile)),
    );
    let markdown = comparison.markdown("things");
    assert!(markdown.contains("evil.example"), "control: {markdown}");
    assert!(
        !markdown.contains('\u{202e}') && !markdown.contains("\n# "),
        "{markdown}"
    );
    for line in markdown.lines().filter(|line| line.contains("evil")) {
        // Between fences of two backticks, which the text does not hold.
        let inside = line.split("``").nth(1).expect("a code span");
        assert!(
            inside.contains("evil") && inside.contains("@admin"),
            "{line}"
        );
        let outside: String = line.split("``").step_by(2).collect();
        assert!(
            !outside.contains(['<', '@', '(']) || !outside.contains("evil"),
            "{line}"
        );
    }
}
