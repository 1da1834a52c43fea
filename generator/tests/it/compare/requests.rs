//! How requests are written.

use serde_json::{Value, json};
use toolmill_core::Slug;
use toolmill_generator::{Limits, Options, Requests, compare_with_requests, lower, parse};

use super::manifest;

/// How a request is written concerns no caller, and whoever reads of a change.
#[test]
fn requests_that_are_written_otherwise_are_told() {
    let specification = |parameter: &Value, media_type: &str| {
        json!({
            "openapi": "3.0.3",
            "info": { "title": "Things", "version": "1" },
            "servers": [{ "url": "https://things.example" }],
            "paths": { "/things/{id}": { "post": {
                "operationId": "addThing",
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
                    parameter,
                ],
                "requestBody": { "content": { media_type: {
                    "schema": { "type": "object", "properties": { "a": { "type": "string" } } },
                } } },
                "responses": {},
            } } },
        })
    };
    let listed = json!({
        "name": "ids", "in": "query", "schema": { "type": "array", "items": { "type": "string" } },
    });
    let mut piped = listed.clone();
    piped["style"] = json!("pipeDelimited");
    piped["explode"] = json!(false);
    let mut in_header = listed.clone();
    in_header["in"] = json!("header");
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let requests = |specification: &Value| {
        let text = specification.to_string();
        let document = parse(text.as_bytes(), &Limits::default()).expect("a document");
        let options = Options::new(Slug::suggest("things"));
        Requests::of(&lower(&document, &options).expect("an API").api)
    };
    let before = specification(&listed, json);
    for (after, told) in [
        (&before, vec![]),
        (
            &specification(&piped, json),
            vec![
                "argument `ids` was sent as `query ids, form, exploded` and is sent as `query ids, pipeDelimited`",
            ],
        ),
        (
            &specification(&in_header, form),
            vec![
                "its body was `application/json` and is `application/x-www-form-urlencoded`",
                "argument `ids` was sent as `query ids, form, exploded` and is sent as `header ids, simple`",
            ],
        ),
    ] {
        let comparison = compare_with_requests(
            &manifest(&before),
            &manifest(after),
            [&requests(&before), &requests(after)],
        );
        let changes = comparison.changes.iter().filter(|change| {
            serde_json::to_value(change.kind).is_ok_and(|kind| kind == "request-changed")
        });
        let clauses: Vec<_> = changes
            .inspect(|change| assert!(!change.breaking && change.tools == ["addThing"]))
            .map(|change| change.describe(&|text| format!("`{text}`")))
            .collect();
        assert_eq!(clauses, told);
    }
}
