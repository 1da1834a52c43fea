//! Hostile text is data: a specification full of it and its harmless twin give
//! the same Rust tokens once literals are taken out, and the same files.

use crate::common::{files, names};
use crate::tokens::{PAYLOADS, is_identifier, skeletons, vocabulary};
use serde_json::{Value, json};
use toolmill_generator::FileSet;

/// A specification with `text` wherever prose or a value can stand.
fn specification(text: &str) -> String {
    let any = json!({ "type": "string", "description": text, "title": text, "default": text, "enum": ["x", text], "example": text, "x-any": text });
    let ok = json!({ "200": { "description": text, "content": { "application/json": { "schema": { "type": "object", "description": text, "properties": { "p": any } } } } } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": text, "version": text, "description": text, "contact": { "name": text } },
        "servers": [{ "url": "https://a.example", "description": text }],
        "tags": [{ "name": "tag", "description": text }],
        "x-any": text,
        "components": { "schemas": { "S": { "type": "object", "description": text, "properties": { "s": any } } } },
        "paths": {
            "/a/{id}": {
                "summary": text,
                "description": text,
                "post": {
                    "operationId": "call",
                    "tags": ["tag"],
                    "summary": text,
                    "description": text,
                    "x-any": { text: text },
                    "parameters": [
                        { "name": "id", "in": "path", "required": true, "description": text, "schema": any },
                        { "name": "q", "in": "query", "description": text, "schema": any },
                    ],
                    "requestBody": { "required": true, "description": text, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/S" } } } },
                    "responses": ok,
                },
            },
        },
    })
    .to_string()
}

/// A specification with `text` wherever a name can stand that becomes another name.
fn named(text: &str) -> String {
    let operation = |id: &str, tag: &str| json!({ "operationId": id, "tags": [tag], "security": [{ text: [] }], "responses": {} });
    let query = json!([{ "name": text, "in": "query", "schema": { "type": "string" } }]);
    let known = json!({ "type": "object", "properties": { text: {}, "known": {} } });
    let body = json!({ "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Known" } } } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "t", "version": "1" },
        "components": {
            "securitySchemes": { text: { "type": "http", "scheme": "bearer" } },
            "schemas": { text: { "type": "string" }, "Known": known },
        },
        "paths": {
            "/known": { "get": operation("known", "known") },
            "/id": { "get": operation(text, "known") },
            "/tag": { "get": operation("tagged", text) },
            "/parameter": { "get": { "operationId": "parameter", "parameters": query, "responses": {} } },
            "/body": { "post": { "operationId": "body", "requestBody": body, "responses": {} } },
        },
    })
    .to_string()
}

/// A specification with `text` in a path.
fn placed(text: &str) -> String {
    let operation = json!({ "operationId": "call", "responses": {} });
    json!({ "openapi": "3.0.3", "info": {}, "paths": { format!("/{text}"): { "get": operation } } })
        .to_string()
}

#[test]
fn prose_and_values_change_no_token() {
    let twin = files(&specification("x"));
    for payload in PAYLOADS {
        let hostile = files(&specification(payload));
        assert_eq!(skeletons(&hostile), skeletons(&twin), "{payload:?}");
        for path in ["Cargo.toml", "Dockerfile"] {
            assert_eq!(hostile.files[path], twin.files[path], "{path} {payload:?}");
        }
        assert_eq!(
            hostile.files.keys().collect::<Vec<_>>(),
            twin.files.keys().collect::<Vec<_>>(),
            "{payload:?}"
        );
    }
}

#[test]
fn names_bring_nothing_but_identifiers() {
    let (twin_words, twin_marks) = vocabulary(&skeletons(&files(&named("harmless"))));
    for payload in PAYLOADS.iter().filter(|payload| !payload.contains('\0')) {
        let hostile = files(&named(payload));
        let (words, marks) = vocabulary(&skeletons(&hostile));
        assert_eq!(marks, twin_marks, "{payload:?}");
        for word in words.difference(&twin_words) {
            assert!(is_identifier(word), "{word} {payload:?}");
        }
        for path in hostile.files.keys() {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-./".contains(&b);
            assert!(
                path.bytes().all(allowed) && !path.contains(".."),
                "{path:?}"
            );
        }
        for name in names(&hostile) {
            assert!(
                name.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)),
                "{name:?}"
            );
        }
    }
}

#[test]
fn a_path_is_a_literal_or_left_out() {
    let sources = |files: &FileSet| {
        let mut sources = skeletons(files);
        sources.retain(|path, _| path.starts_with("src/"));
        sources
    };
    let twin = sources(&files(&placed("x")));
    let none = sources(&files(r#"{"openapi": "3.0.3", "info": {}, "paths": {}}"#));
    for payload in PAYLOADS {
        let hostile = files(&placed(payload));
        // A placeholder of the path becomes an argument.
        if hostile
            .manifest
            .tools
            .iter()
            .all(|tool| !tool.input_schema.get().contains("required"))
        {
            let expected = if hostile.manifest.tools.is_empty() {
                &none
            } else {
                &twin
            };
            assert_eq!(&sources(&hostile), expected, "{payload:?}");
        }
    }
}

#[test]
fn nothing_invisible_reaches_a_model() {
    let hostile = files(&specification(PAYLOADS[13]));
    let shown = crate::common::manifest(&hostile);
    let mut texts = Vec::new();
    collect(&shown["tools"], &mut texts);
    collect(&shown["$defs"], &mut texts);
    for text in texts {
        let hidden = |c: char| {
            c.is_control() && !matches!(c, '\n' | '\t')
                || matches!(
                    c,
                    '\u{200b}' | '\u{202e}' | '\u{2066}' | '\u{feff}' | '\u{e0041}'
                )
        };
        assert!(!text.contains(hidden), "{text:?}");
    }
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => {
            for (key, value) in members {
                texts.push(key.clone());
                collect(value, texts);
            }
        }
        _ => {}
    }
}
