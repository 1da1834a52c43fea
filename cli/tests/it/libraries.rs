//! The client libraries that MCP's own project publishes, in all their versions and eras, against
//! one server alone.

use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;

use crate::support::recorder::{Answer, message};
use crate::support::served::{Api, Start};
use crate::support::{node, python};

/// More than one page of tools, of which each gets an object, a list or a number.
const OPERATIONS: usize = 230;

fn specification() -> NamedTempFile {
    let shapes = [
        json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } }),
        json!({ "type": "array", "items": { "type": "string" } }),
        json!({ "type": "integer" }),
    ];
    let operation = |number: usize| {
        let schema = &shapes[number % shapes.len()];
        json!({ "get": {
            "operationId": format!("get{number}"),
            "parameters": [{ "name": "q", "in": "query", "schema": { "type": "string" } }],
            "responses": { "200": {
                "description": "It.",
                "content": { "application/json": { "schema": schema } },
            } },
        } })
    };
    let paths: Map<_, _> = (0..OPERATIONS)
        .map(|number| (format!("/{number}"), operation(number)))
        .collect();
    let document =
        json!({ "openapi": "3.1.1", "info": { "title": "Many", "version": "1" }, "paths": paths });
    let file = NamedTempFile::with_suffix(".json").expect("a file");
    std::fs::write(file.path(), document.to_string()).expect("written");
    file
}

/// Lets a library list all tools and call four; `run` returns what its script printed.
async fn check(api: &Api, protocol: &str, run: impl FnOnce(&str, &str) -> Value + Send + 'static) {
    let json = ["Content-Type: application/json"];
    for (status, body) in [
        ("200 OK", r#"{"id":7}"#),
        ("200 OK", r#"["a","b"]"#),
        ("200 OK", "12345678901234567890"),
        ("404 Not Found", r#"{"title":"No such thing"}"#),
    ] {
        let answer = message(status, &json, body);
        api.upstream.answers_once(Answer::Bytes(answer));
    }
    let calls = json!([["get0", { "q": "ä b" }], ["get1", {}], ["get2", {}], ["get3", {}]]);
    let url = api.server.url.clone();
    let said = tokio::task::spawn_blocking(move || run(&url, &calls.to_string()));
    let said = said.await.expect("the client ends");
    assert_eq!(said["protocol"], protocol, "{said}");
    let names: Vec<_> = (0..OPERATIONS)
        .map(|number| format!("get{number}"))
        .collect();
    assert_eq!(said["tools"], json!(names));
    let results = &said["results"];
    assert_eq!(results[0], json!({ "error": false, "value": { "id": 7 } }));
    assert_eq!(results[1]["value"], json!({ "result": ["a", "b"] }));
    assert_eq!(results[2]["error"], false, "{said}");
    assert_eq!(results[3]["error"], true, "{said}");
    let requests = api.upstream.take();
    let asked: Vec<_> = requests.iter().map(|request| request.asked()).collect();
    assert_eq!(
        asked,
        [
            "GET /v1/0?q=%C3%A4%20b",
            "GET /v1/1",
            "GET /v1/2",
            "GET /v1/3"
        ]
    );
}

#[tokio::test]
async fn typescript_libraries_list_all_pages_and_call() {
    let Some(packages) = node::packages() else {
        return;
    };
    let file = specification();
    let api = Start::of(file.path()).start().await;
    for (protocol, script, mode) in [
        ("2026-07-28", "ts2.mjs", "auto"),
        ("2025-11-25", "ts2.mjs", "legacy"),
        ("2025-11-25", "ts1.mjs", ""),
    ] {
        let packages = packages.clone();
        let run = move |url: &str, calls: &str| {
            node::client(&packages, script, &[url, "unused", calls, mode])
        };
        check(&api, protocol, run).await;
    }
}

#[tokio::test]
async fn python_libraries_list_all_pages_and_call() {
    let (Some(second), Some(first)) = (python::interpreter("2.3.0"), python::interpreter("1.30.0"))
    else {
        return;
    };
    let file = specification();
    let api = Start::of(file.path()).start().await;
    for (protocol, interpreter, script, mode) in [
        ("2026-07-28", &second, "mcp2.py", "auto"),
        ("2025-11-25", &second, "mcp2.py", "legacy"),
        ("2025-11-25", &first, "mcp1.py", ""),
    ] {
        let interpreter = interpreter.clone();
        let run = move |url: &str, calls: &str| {
            python::client(&interpreter, script, &[url, "unused", calls, mode])
        };
        check(&api, protocol, run).await;
    }
}
