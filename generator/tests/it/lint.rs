//! What clients would make of the tools: nothing is refused of what is generated, and
//! each thing that would be is found.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::common::{files, options, specification};
use serde_json::{Value, json};
use toolmill_generator::{
    Client, Document, Limits, Linted, Manifest, Options, SchemaProfile, Verdict, lint, lower,
    manifest, parse,
};

const STRICT: SchemaProfile = SchemaProfile::Strict;

/// Above this many bytes the strict profile is tried on no specification, which takes long.
const LARGE: usize = 1 << 20;

fn linted(document: &Document, profile: SchemaProfile) -> Option<Linted> {
    let options = Options {
        schema_profile: profile,
        ..options()
    };
    let lowered = lower(document, &options).ok()?;
    Some(lint(&manifest(&lowered.api), document))
}

fn document(text: &[u8]) -> Option<Document> {
    parse(text, &Limits::default()).ok()
}

fn refused(found: &Linted) -> Vec<&Verdict> {
    let refuses = |verdict: &&Verdict| !verdict.refused.is_empty();
    found.clients.iter().filter(refuses).collect()
}

#[test]
fn no_client_refuses_what_is_generated() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut specifications: Vec<_> = ["bodies", "store", "styles"]
        .iter()
        .flat_map(|case| {
            let folder = root.join("tests/golden").join(case);
            ["openapi.yaml", "openapi.json"].map(|name| folder.join(name))
        })
        .filter(|path| path.exists())
        .collect();
    assert_eq!(specifications.len(), 3);
    specifications.push(root.join("../examples/petstore/openapi.yaml"));
    specifications.extend(corpus());
    for path in specifications {
        let text = read(&path);
        let document = document(&text);
        for profile in [SchemaProfile::Full, STRICT] {
            if profile == STRICT && text.len() > LARGE {
                continue;
            }
            let read = document.as_ref();
            let Some(found) = read.and_then(|document| linted(document, profile)) else {
                continue;
            };
            let refused = refused(&found);
            assert!(refused.is_empty(), "{}: {refused:?}", path.display());
            let strict = |verdict: &Verdict| verdict.client == Client::Strict;
            assert_eq!(found.clients.iter().any(strict), profile == STRICT);
        }
    }
}

/// The real specifications that are kept outside this repository.
fn corpus() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shared = std::env::var_os("TOOLMILL_SHARED").map(|shared| root.join(shared));
    let folder = shared.map(|shared| shared.join("corpus"));
    let Some(entries) = folder.and_then(|folder| std::fs::read_dir(folder).ok()) else {
        // Past the test harness, which would keep it to itself.
        let said = writeln!(
            std::io::stderr(),
            "*** NOT RUN: there is no `corpus` in TOOLMILL_SHARED."
        );
        assert!(said.is_ok(), "stderr is open");
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let is_specification = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| ["json", "yaml", "gz"].contains(&extension))
    };
    paths.filter(is_specification).collect()
}

fn read(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).expect("a specification");
    if path.extension().is_none_or(|extension| extension != "gz") {
        return bytes;
    }
    let mut text = Vec::new();
    let read = flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut text);
    assert!(read.is_ok(), "{}", path.display());
    text
}

/// A manifest of one tool, changed by `change`.
fn tool(change: Value) -> Manifest {
    let mut tool = json!({
        "name": "get_a",
        "title": "A",
        "description": "A",
        "method": "GET",
        "path": "/a",
        "annotations": {},
        "inputSchema": { "type": "object", "properties": {} },
    });
    for (key, value) in change.as_object().expect("an object") {
        tool[key] = value.clone();
    }
    let manifest = json!({
        "api": { "slug": "test", "title": "T", "version": "1", "description": "" },
        "servers": [],
        "securitySchemes": {},
        "$defs": {},
        "tools": [tool],
    });
    serde_json::from_value(manifest).expect("a manifest")
}

#[test]
fn each_thing_that_a_client_refuses_is_found() {
    let text = specification("  /a: { get: { responses: {} } }", "");
    let document = document(text.as_bytes()).expect("a document");
    let object = |more: Value| {
        let mut schema = json!({ "type": "object", "properties": {} });
        for (key, value) in more.as_object().expect("an object") {
            schema[key] = value.clone();
        }
        json!({ "inputSchema": schema })
    };
    let long = "x".repeat(47 + 16);
    for (change, code, client) in [
        (json!({ "name": "a.b" }), "lint-name", Client::ChatGpt),
        (json!({ "name": long }), "lint-name", Client::Claude),
        (
            json!({ "inputSchema": { "properties": {} } }),
            "lint-root",
            Client::Sdks,
        ),
        (
            object(json!({ "anyOf": [{}] })),
            "lint-root",
            Client::Claude,
        ),
        (object(json!({ "not": {} })), "lint-root", Client::ChatGpt),
        (
            object(json!({ "properties": { "a b": {} } })),
            "lint-property",
            Client::Claude,
        ),
        (
            object(json!({ "properties": { "a": { "type": ["array", "null"] } } })),
            "lint-items",
            Client::VsCode,
        ),
        (
            object(json!({ "properties": { "a": { "anyOf": [{ "items": true }] } } })),
            "lint-boolean",
            Client::Inspector,
        ),
        (
            object(json!({ "properties": { "a": { "$ref": "#/$defs/None" } } })),
            "lint-reference",
            Client::Claude,
        ),
        (
            json!({ "outputSchema": { "type": "array" } }),
            "lint-output",
            Client::Sdks,
        ),
        (
            json!({ "description": "x".repeat(1 << 20) }),
            "lint-size",
            Client::Sdks,
        ),
    ] {
        let found = lint(&tool(change.clone()), &document);
        let diagnostic = found.diagnostics.iter().find(|found| found.code == code);
        let diagnostic = diagnostic.unwrap_or_else(|| panic!("no {code} of {change}"));
        assert_eq!(diagnostic.pointer, "/paths/~1a/get");
        assert_eq!((diagnostic.line, diagnostic.column), (4, 9));
        let refuses = |verdict: &&&Verdict| verdict.client == client;
        assert!(
            refused(&found).iter().any(|verdict| refuses(&verdict)),
            "{code}"
        );
    }
    let good = lint(&tool(json!({})), &document);
    assert!(good.diagnostics.is_empty(), "{}", good.diagnostics);
}

#[test]
fn each_thing_that_a_strict_provider_refuses_is_found() {
    let text = specification("  /a: { get: { responses: {} } }", "");
    let document = document(text.as_bytes()).expect("a document");
    let of = |property: Value| {
        json!({
            "inputSchema": {
                "type": "object",
                "properties": { "a": property },
                "required": ["a"],
                "additionalProperties": false,
            },
            "strict": { "schema": {} },
        })
    };
    let nested = (0..5).fold(
        json!({ "type": "string" }),
        |items, _| json!({ "type": "array", "items": items }),
    );
    for (property, reason) in [
        (json!({}), "no `type`"),
        (json!({ "type": ["string", "null"] }), "`type`"),
        (json!({ "type": "string", "format": "uuid" }), "`format`"),
        (json!({ "$ref": "#/$defs/A" }), "`$ref`"),
        (json!({ "oneOf": [] }), "`oneOf`"),
        (json!({ "type": "integer", "enum": [1] }), "`enum` holds 1"),
        (json!({ "type": "object", "properties": {} }), "open"),
        (
            json!({ "type": "object", "properties": { "b": {} }, "additionalProperties": false }),
            "`b` is not required",
        ),
        (nested, "6 levels"),
    ] {
        let found = lint(&tool(of(property.clone())), &document);
        let told = found.diagnostics.to_string();
        assert!(told.contains(reason), "{property}: {told}");
        assert!(told.contains("strict providers"), "{told}");
    }
    let fine = json!({ "anyOf": [{ "type": "string", "enum": ["x"] }, { "type": "null" }] });
    let good = lint(&tool(of(fine)), &document);
    assert!(good.diagnostics.is_empty(), "{}", good.diagnostics);
}

#[test]
fn what_is_only_shown_less_is_said_once() {
    let paths: String = (0..81)
        .map(|n| {
            format!(
                "  /a{n}: {{ get: {{ operationId: a{n}, description: '{}', responses: {{}} }} }}\n",
                "word ".repeat(500)
            )
        })
        .collect();
    let text = specification(&paths, "");
    let document = document(text.as_bytes()).expect("a document");
    let found = linted(&document, SchemaProfile::Full).expect("the specification is usable");
    assert!(refused(&found).is_empty());
    let codes = found
        .diagnostics
        .iter()
        .map(|one| (one.code.as_str(), one.pointer.as_str()));
    assert_eq!(
        codes.collect::<Vec<_>>(),
        [
            ("lint-count", "/paths"),
            ("lint-description", "/paths/~1a0/get")
        ]
    );
    let claude = found
        .clients
        .iter()
        .find(|verdict| verdict.client == Client::Claude);
    assert_eq!(claude.map(|claude| claude.limited.len()), Some(81));
    assert!(files(&text).diagnostics.is_empty());
}
