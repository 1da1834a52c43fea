//! The worst documents that are within all limits, or grow the most before one is
//! reached: none takes more than 512 MiB and 5 s of processor time.

use std::process::Command;

use serde_json::{Map, Value, json};

use crate::support::Home;

/// Unoptimised code takes some ten times as long.
const SECONDS: u32 = if cfg!(debug_assertions) { 50 } else { 5 };

fn document(paths: Map<String, Value>, schemas: Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "W", "version": "1" },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

/// As many operations as there may be.
fn operations(operation: impl Fn(usize) -> Value) -> Map<String, Value> {
    (0..2_000)
        .map(|n| (format!("/p{n}"), operation(n)))
        .collect()
}

fn reference(name: String) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Nearly as many values as a document may have.
fn many_values() -> Value {
    let mut document = document(
        operations(|_| json!({ "get": { "responses": {} } })),
        json!({}),
    );
    document["x-many"] = json!(vec![1; 1_980_000]);
    document
}

/// One large body for all operations, whose properties become arguments of each.
fn one_body_for_all() -> Value {
    let property = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    let properties: Map<_, _> = (0..1_600)
        .map(|n| (format!("p{n}"), property.clone()))
        .collect();
    let content = json!({ "application/json": { "schema": reference("B".to_owned()) } });
    let operation = |_| {
        json!({ "post": {
            "requestBody": { "content": content },
            "responses": { "200": { "description": "d", "content": content } },
        } })
    };
    let body = json!({ "type": "object", "properties": properties });
    document(operations(operation), json!({ "B": body }))
}

/// Large enumerations, many of them in each of all operations.
fn enumerations() -> Value {
    let values = |n: usize| (0..5_000).map(|m| format!("v{n}_{m}")).collect::<Vec<_>>();
    let schemas: Map<_, _> = (0..100)
        .map(|n| (format!("E{n}"), json!({ "enum": values(n) })))
        .collect();
    let operation = |n: usize| {
        let parameters: Vec<_> = (0..20)
            .map(|m| {
                let schema = reference(format!("E{}", (n + m) % 100));
                json!({ "name": format!("q{m}"), "in": "query", "schema": schema })
            })
            .collect();
        json!({ "get": { "parameters": parameters, "responses": {} } })
    };
    document(operations(operation), Value::Object(schemas))
}

#[test]
fn the_worst_documents_take_little() {
    let home = Home::new();
    let file = home.path().join("worst.json");
    for (name, document, usable) in [
        ("many values", many_values(), true),
        ("one body for all", one_body_for_all(), false),
        ("enumerations", enumerations(), true),
    ] {
        std::fs::write(&file, document.to_string()).expect("written");
        let script = format!("ulimit -v 524288 -t {SECONDS} -c 0; exec \"$0\" check --json \"$1\"");
        let output = Command::new("bash")
            .args(["-c", &script, env!("CARGO_BIN_EXE_toolmill")])
            .arg(&file)
            .env_remove("TOOLMILL_LIMITS")
            .output()
            .expect("bash starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{name}: {}: {said}", output.status));
        assert_eq!(report["usable"], usable, "{name}: {said}");
    }
}
