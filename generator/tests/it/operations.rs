//! Operations: what makes a tool, what is left out, and what tools are called.

use crate::common::{
    files, finding, manifest, names, options, place, refusal, specification, text, tool,
};
use serde_json::json;
use toolmill_generator::{Limits, Options, Severity, generate};

#[test]
fn one_bad_operation_does_not_sink_the_others() {
    let found = files(&specification(
        "  /good: { get: { operationId: good, responses: {} } }
  /image: { post: { operationId: image, requestBody: { content: { multipart/mixed: {} } }, responses: {} } }
  /number: { get: 5 }
  /outside: { $ref: 'other.yaml#/paths/x' }
  /missing:
    get: { parameters: [{ $ref: '#/components/parameters/none' }], responses: {} }
  no-slash: { get: { responses: {} } }
  //host: { get: { responses: {} } }
  /a/../b: { get: { responses: {} } }
  /open{brace: { get: { responses: {} } }
  /also: { get: { operationId: also, responses: {} } }",
        "",
    ));
    assert_eq!(names(&found), ["good", "also"]);
    let codes: Vec<_> = found
        .diagnostics
        .iter()
        .map(|one| (one.code.as_str(), one.line))
        .collect();
    assert_eq!(
        codes,
        [
            ("media-type-unsupported", 5),
            ("operation-unusable", 6),
            ("reference-outside", 7),
            ("reference-missing", 9),
            ("path-unusable", 10),
            ("path-unusable", 11),
            ("path-unusable", 12),
            ("path-unusable", 13),
        ]
    );
    assert!(
        found
            .diagnostics
            .iter()
            .all(|one| one.severity == Severity::Error)
    );
}

#[test]
fn only_calls_are_tools() {
    let found = files(&specification(
        "  /a:
    summary: Shared
    head: { responses: {} }
    options: { responses: {} }
    trace: { responses: {} }
    GET: { responses: {} }
    x-get: { responses: {} }
    delete: { deprecated: true, operationId: remove, callbacks: { c: { '{$url}': { post: {} } } }, responses: {} }",
        "webhooks: { hook: { post: { responses: {} } } }",
    ));
    assert_eq!(names(&found), ["remove"]);
    assert_eq!(
        place(finding(&found.diagnostics, "member-unknown")),
        ("/paths/~1a/GET", 9, 5, Severity::Warning)
    );
    let remove = tool(&found, "remove");
    assert_eq!(remove["description"], "Deprecated.\n\nShared\n\nDELETE /a");
    assert_eq!(
        remove["annotations"],
        json!({ "readOnlyHint": false, "destructiveHint": true, "idempotentHint": true, "openWorldHint": true })
    );
}

#[test]
fn parameters_of_the_path_merge_with_the_operations_own() {
    let found = files(&specification(
        "  /a/{id}/{other}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
      - { name: X-Trace, in: header, schema: { type: string } }
      - { name: stray, in: path, required: true, schema: { type: string } }
    get:
      operationId: read
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
        - { name: x-trace, in: header, schema: { type: integer } }
        - { name: accept, in: header, required: true, schema: { type: string } }
        - { name: 'Authorization: Bearer <T>', in: header, required: true, schema: { type: string } }
      responses: {}",
        "",
    ));
    let input = &tool(&found, "read")["inputSchema"];
    assert_eq!(
        input["properties"],
        json!({ "other": { "type": "string" }, "id": { "type": "integer" }, "x-trace": { "type": "integer" } })
            .as_object()
            .map(|all| {
                let mut ordered = serde_json::Map::new();
                for name in ["id", "other", "x-trace"] {
                    ordered.insert(name.to_owned(), all[name].clone());
                }
                serde_json::Value::Object(ordered)
            })
            .unwrap()
    );
    assert_eq!(input["required"], json!(["id", "other"]));
    assert_eq!(
        found
            .diagnostics
            .of(Severity::Warning)
            .filter(|one| one.code == "path-parameter")
            .count(),
        2
    );
}

#[test]
fn a_parameter_that_a_credential_fills_is_no_argument() {
    let found = files(&specification(
        "  /a:
    get:
      operationId: read
      security: [{ key: [] }]
      parameters:
        - { name: x-api-key, in: header, required: true, schema: { type: string } }
        - { name: x-api-key, in: query, schema: { type: string } }
      responses: {}",
        "components: { securitySchemes: { key: { type: apiKey, in: header, name: X-API-Key } } }",
    ));
    let read = tool(&found, "read");
    assert_eq!(
        read["inputSchema"]["properties"],
        json!({ "x-api-key": { "type": "string" } })
    );
    assert_eq!(read["inputSchema"]["required"], json!(null));
    assert_eq!(read["security"], json!([["key"]]));
}

#[test]
fn security_is_or_of_ands() {
    let found = files(&specification(
        "  /document: { get: { operationId: document, responses: {} } }
  /none: { get: { operationId: none, security: [], responses: {} } }
  /optional: { get: { operationId: optional, security: [{}, { a: [] }], responses: {} } }
  /both: { get: { operationId: both, security: [{ a: [], b: [scope] }, { unknown: [] }], responses: {} } }",
        "security: [{ a: [] }, { b: [] }]
components:
  securitySchemes:
    a: { type: http, scheme: BEARER }
    b: { type: oauth2, flows: {} }
    host: { type: apiKey, in: header, name: Host }
    digest: { type: http, scheme: digest }",
    ));
    let security = |name: &str| tool(&found, name)["security"].clone();
    assert_eq!(security("document"), json!([["a"], ["b"]]));
    assert_eq!(security("none"), json!([]));
    assert_eq!(security("optional"), json!([[], ["a"]]));
    assert_eq!(security("both"), json!([["a", "b"]]));
    assert_eq!(
        crate::common::manifest(&found)["securitySchemes"],
        json!({ "a": { "type": "http", "scheme": "bearer" }, "b": { "type": "http", "scheme": "bearer" }, "digest": { "type": "http", "scheme": "digest" } })
    );
    assert_eq!(
        found
            .diagnostics
            .iter()
            .filter(|one| one.code == "security-unsupported")
            .count(),
        2
    );
}

#[test]
fn servers_are_plain_urls() {
    let servers = |list: &str| {
        let found = files(&specification(
            "  /a: { get: { responses: {} } }",
            &format!("servers: {list}"),
        ));
        let unusable = found
            .diagnostics
            .iter()
            .filter(|one| one.code == "server-unusable")
            .count();
        (found.manifest.servers.clone(), unusable)
    };
    let usable = |urls: &[&str], unusable: usize| {
        (
            urls.iter().map(|url| (*url).to_owned()).collect::<Vec<_>>(),
            unusable,
        )
    };
    assert_eq!(
        servers(
            "[{ url: 'https://a.example/{v}', variables: { v: { default: v1 } } }, { url: /b }, { url: '' }, { url: ./c }]"
        ),
        usable(&["https://a.example/v1", "/b", "/", "/c"], 0)
    );
    assert_eq!(
        servers(
            "[{ url: 'file:///etc' }, { url: 'https://u:p@a.example' }, { url: '//a.example' }, { url: 'https://a.example/{x}' },
              { url: 'https://{a' }, { url: 'https://a.example/\\evil' }, {}, { url: 'https://a.example/?q' }, { url: 'ws://a.example' }]"
        ),
        usable(&[], 9)
    );
}

#[test]
fn names_stay_when_operations_are_added() {
    let one = "  /a: { get: { operationId: read, responses: {} } }";
    let two = "  /b: { get: { operationId: read, responses: {} } }";
    let before = files(&specification(one, ""));
    assert_eq!(names(&before), ["read"]);
    let lock = text(&before, "toolmill.lock").to_owned();
    let both = specification(&format!("{two}\n{one}"), "");
    let after = generate(
        both.as_bytes(),
        &Options {
            lock: Some(lock),
            ..options()
        },
    )
    .unwrap();
    assert_eq!(names(&after)[1], "read");
    assert!(names(&after)[0].starts_with("read_"));
    let forgetful = files(&both);
    assert!(
        names(&forgetful)
            .iter()
            .all(|name| name.starts_with("read_"))
    );
    let reordered = files(&specification(&format!("{one}\n{two}"), ""));
    assert_eq!(names(&reordered)[0], names(&forgetful)[1]);
}

#[test]
fn every_name_is_from_the_allow_list() {
    let ids = [
        "../../etc/passwd",
        "a b",
        "日本語",
        "\\u202egnp",
        "$(id)",
        "self",
        "a__b",
        "Ping",
        "ping",
        "x.y",
        "",
    ];
    let paths: Vec<_> = ids
        .iter()
        .enumerate()
        .map(|(index, id)| format!("  /p{index}: {{ get: {{ operationId: \"{id}\", tags: [\"{id}\"], responses: {{}} }} }}"))
        .collect();
    let found = files(&specification(&paths.join("\n"), ""));
    let mut seen = std::collections::HashSet::new();
    for name in names(&found) {
        assert!(
            name.len() <= 46
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)),
            "{name}"
        );
        assert!(seen.insert(name.to_ascii_lowercase()), "{name}");
    }
    assert_eq!(seen.len(), ids.len());
    for path in found.files.keys() {
        assert!(
            path.chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c))
                && !path.contains(".."),
            "{path}"
        );
    }
}

#[test]
fn text_for_models_has_nothing_hidden_and_an_end() {
    let long = "word ".repeat(2_000);
    let found = files(&specification(
        &format!(
            "  /a:
    get:
      operationId: read
      summary: \"Re\\u202ead\\u200b\\nit\"
      description: \"{long}\\U000e0041\"
      responses: {{}}"
        ),
        "",
    ));
    let read = tool(&found, "read");
    assert_eq!(read["title"], "Read it");
    let description = read["description"].as_str().unwrap();
    assert!(
        description.len() <= 4_096 && description.ends_with("[…]\n\nGET /a"),
        "{description}"
    );
    assert!(!description.contains(['\u{202e}', '\u{200b}', '\u{e0041}']));
    assert_eq!(
        found
            .diagnostics
            .iter()
            .filter(|one| one.code == "hidden-text")
            .count(),
        2
    );
}

#[test]
fn limits_hold_just_above_and_not_just_below() {
    let limits = Limits {
        operations: 2,
        parameters: 3,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..options()
    };
    let operations = |count: usize| {
        let paths: Vec<_> = (0..count)
            .map(|index| format!("  /p{index}: {{ get: {{ responses: {{}} }} }}"))
            .collect();
        specification(&paths.join("\n"), "")
    };
    assert_eq!(
        generate(operations(2).as_bytes(), &options)
            .unwrap()
            .manifest
            .tools
            .len(),
        2
    );
    finding(
        &generate(operations(3).as_bytes(), &options).unwrap_err(),
        "limit",
    );
    let parameters = |count: usize| {
        let list: Vec<_> = (0..count)
            .map(|index| format!("{{ name: p{index}, in: query, schema: {{}} }}"))
            .collect();
        specification(
            &format!(
                "  /a: {{ get: {{ parameters: [{}], responses: {{}} }} }}",
                list.join(", ")
            ),
            "",
        )
    };
    assert_eq!(
        generate(parameters(3).as_bytes(), &options)
            .unwrap()
            .manifest
            .tools
            .len(),
        1
    );
    let beyond = generate(parameters(4).as_bytes(), &options).unwrap();
    assert_eq!(beyond.manifest.tools.len(), 0);
    finding(&beyond.diagnostics, "limit");
}

#[test]
fn a_document_without_paths_is_refused() {
    finding(
        &refusal("openapi: 3.1.0\ninfo: { title: t, version: '1' }\nwebhooks: {}"),
        "no-paths",
    );
}

#[test]
fn a_client_certificate_is_one_way_among_others() {
    let found = files(&specification(
        "  /only: { get: { operationId: only, security: [{ certificate: [] }], responses: {} } }
  /both: { get: { operationId: both, security: [{ certificate: [], key: [] }, { key: [] }], responses: {} } }",
        "components:
  securitySchemes:
    certificate: { type: mutualTLS }
    key: { type: apiKey, in: header, name: X-Key }",
    ));
    let source = text(&found, "src/security.rs");
    assert!(source.contains("SchemeKind::MutualTls"), "{source}");
    assert!(text(&found, "README.md").contains("| `CREDENTIAL_CERTIFICATE` | a PEM file"));
    assert_eq!(
        manifest(&found)["securitySchemes"]["certificate"],
        json!({ "type": "mutualTLS" })
    );
    // No certificate is made up for the crate's own test.
    assert!(!text(&found, "tests/wire.rs").contains("CREDENTIAL_CERTIFICATE"));
}

#[test]
fn wire_tests_leave_out_what_no_header_holds() {
    let found = files(&specification(
        "  /plain: { get: { operationId: plain, parameters: [{ name: X-A, in: header, schema: { type: string, enum: [abc] } }], responses: {} } }
  /other: { get: { operationId: other, parameters: [{ name: X-A, in: header, schema: { type: string, enum: [äbc] } }], responses: {} } }",
        "",
    ));
    let wire = text(&found, "tests/wire.rs");
    assert!(wire.contains("/plain\""), "{wire}");
    assert!(!wire.contains("/other\""), "{wire}");
}

#[test]
fn parameters_that_are_no_list_are_reported() {
    let found = files(&specification(
        "  /a:
    parameters: { x: { name: x, in: query, schema: {} } }
    get: { operationId: a, responses: {} }
  /b: { get: { operationId: b, parameters: text, responses: {} } }
  /c: { get: { operationId: c, parameters: {}, responses: {} } }
  /d: { get: { operationId: d, parameters: null, responses: {} } }",
        "",
    ));
    let said: Vec<_> = found
        .diagnostics
        .iter()
        .map(|one| (one.code.as_str(), one.line))
        .collect();
    let code = "parameter-unusable";
    assert_eq!(said, [(code, 5), (code, 7)]);
    assert_eq!(names(&found), ["c", "d"]);
}

#[test]
fn a_response_that_is_nowhere_is_reported_and_the_tool_stays() {
    let found = files(&specification(
        "  /a: { get: { operationId: a, responses: { '200': { $ref: '#/components/responses/None' } } } }",
        "",
    ));
    let finding = finding(&found.diagnostics, "reference-missing");
    assert_eq!(finding.severity, Severity::Warning);
    assert!(
        finding.message.contains("#/components/responses/None"),
        "{finding:?}"
    );
    assert_eq!(names(&found), ["a"]);
}

#[test]
fn a_title_keeps_the_letters_that_a_name_can_not_have() {
    let found = files(&specification(
        "  /a: { get: { operationId: getPetById, responses: {} } }
  /b: { get: { operationId: Übersicht laden, responses: {} } }
  /c: { get: { operationId: 获取用户, responses: {} } }",
        "",
    ));
    let titles = names(&found)
        .iter()
        .map(|name| tool(&found, name)["title"].clone())
        .collect::<Vec<_>>();
    assert_eq!(titles, ["Get pet by id", "Übersicht laden", "获取用户"]);
}
