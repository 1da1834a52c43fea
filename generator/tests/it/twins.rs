//! Hostile text is data: a specification full of it and its harmless twin give
//! the same Rust tokens once literals are taken out, and the same files.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{files, names};
use proc_macro2::{TokenStream, TokenTree};
use serde_json::{Value, json};
use toolmill_generator::FileSet;

/// What breaks out of strings, comments, attributes, raw strings, formats, TOML,
/// Dockerfiles, shells and Markdown.
const PAYLOADS: [&str; 14] = [
    "\"); std::process::abort(); (\"",
    "*/ fn pwned() {} /*",
    "x\nfn pwned() { std::process::abort() }\n",
    "x\rfn pwned() {}\u{2028}fn pwned() {}\u{85}fn pwned() {}",
    "\"# \"## \"###################################### fn pwned() {} r#\"",
    "{PWNED} {0:?} {{}} {:>99999999} {{{{ {% raw %} {# #}",
    "```\nstd::fs::write(\"/tmp/pwned\", \"\").unwrap();\n```\n~~~\nfn pwned() {}",
    "\\u{22}\\x22\\\"\\\\",
    "]]\n[dependencies]\npwned = \"*\"\n'''\"\"\"\\",
    "\nRUN touch /tmp/pwned\n# syntax=pwned\n$(touch /tmp/pwned) `id`",
    "include_str!(\"/etc/passwd\") env!(\"HOME\") concat!()",
    "#![allow(warnings)] #[cfg(test)] mod pwned {}",
    "<script>alert(1)</script> [x](javascript:alert(1)) | a | b",
    "\u{202e}\u{2066}nwop\u{200b}\u{e0041}\u{feff}\0\u{1b}[31m",
];

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

/// The tokens of each Rust file without literals and documentation.
fn skeletons(files: &FileSet) -> BTreeMap<String, String> {
    let sources = files.files.iter().filter(|(path, _)| path.ends_with(".rs"));
    sources
        .map(|(path, bytes)| {
            let text = String::from_utf8(bytes.clone()).expect("a text file");
            let tokens: TokenStream = text
                .parse()
                .unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
            let mut skeleton = String::new();
            write(tokens, &mut skeleton);
            // Documentation of several lines is several attributes.
            (
                path.clone(),
                skeleton
                    .replace("# [ doc = L ] ", "")
                    .replace("# ! [ doc = L ] ", ""),
            )
        })
        .collect()
}

fn write(tokens: TokenStream, skeleton: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Literal(_) => skeleton.push_str("L "),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("( ", ") "),
                    proc_macro2::Delimiter::Brace => ("{ ", "} "),
                    proc_macro2::Delimiter::Bracket => ("[ ", "] "),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                skeleton.push_str(open);
                write(group.stream(), skeleton);
                // A comma at the end is there where a list takes several lines.
                if let Some(listed) = skeleton.strip_suffix(", ") {
                    skeleton.truncate(listed.len());
                }
                skeleton.push_str(close);
            }
            other => skeleton.push_str(&format!("{other} ")),
        }
    }
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
    let is_identifier = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let (twin_words, twin_marks) = vocabulary(&files(&named("harmless")));
    for payload in PAYLOADS.iter().filter(|payload| !payload.contains('\0')) {
        let hostile = files(&named(payload));
        let (words, marks) = vocabulary(&hostile);
        assert_eq!(marks, twin_marks, "{payload:?}");
        for word in words.difference(&twin_words) {
            assert!(
                is_identifier(word) && word.len() <= 42,
                "{word} {payload:?}"
            );
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

/// The identifiers of all sources, and how often each other token is there.
fn vocabulary(files: &FileSet) -> (BTreeSet<String>, BTreeMap<String, usize>) {
    let (mut words, mut marks) = (BTreeSet::new(), BTreeMap::new());
    for token in skeletons(files)
        .values()
        .flat_map(|skeleton| skeleton.split_whitespace())
    {
        if token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && token != "L" {
            words.insert(token.to_owned());
        } else {
            *marks.entry(token.to_owned()).or_default() += 1;
        }
    }
    (words, marks)
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
