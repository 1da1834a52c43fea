//! Overlays: what they change, and where findings point afterwards.

use crate::common::{finding, names, options, place, specification, tool};
use serde_json::{Value, json};
use toolmill_generator::{
    Diagnostics, Document, FileSet, Limits, Overlaid, Selection, Severity, hide, lower, overlay,
    parse, render,
};

const PATHS: &str = "  /pets:
    get:
      operationId: list
      tags: [pets]
      parameters: [{ name: limit, in: query, schema: { type: integer, default: 12345678901234567890 } }]
      responses: {}
    delete: { operationId: dropAll, x-internal: true, responses: {} }
  /users: { get: { operationId: users, responses: {} } }";

fn document(text: &str) -> Document {
    parse(text.as_bytes(), &Limits::default()).expect("readable")
}

fn overlaid(actions: &str) -> Result<Overlaid, Diagnostics> {
    let overlay_text =
        format!("overlay: 1.1.0\ninfo: {{ title: T, version: '1' }}\nactions:\n{actions}\n");
    overlay(
        &document(&specification(PATHS, "")),
        &document(&overlay_text),
    )
}

fn files(document: &Document) -> FileSet {
    let lowered = lower(document, &options()).expect("usable");
    let mut files = render(&lowered.api, &options());
    files.diagnostics = lowered.diagnostics;
    files
}

#[test]
fn actions_update_copy_and_remove() {
    let done = overlaid(
        "- target: $.paths['/pets'].get
  update: { summary: Every pet, x-mcp-name: pets, tags: [more], parameters: [{ name: q, in: query, schema: { type: string } }] }
- target: $.paths.*[?@['x-internal'] == true]
  remove: true
- target: $.paths['/users'].get
  copy: $.paths['/pets'].get.parameters[0]
- { target: $.info.title, update: Renamed }
- { target: '$.paths[\"/pets\"].get.tags', update: last }",
    )
    .expect("an overlay");
    assert!(done.diagnostics.is_empty(), "{}", done.diagnostics);
    let files = files(&done.document);
    assert_eq!(names(&files), ["pets", "users"]);
    let pets = tool(&files, "pets");
    assert_eq!(pets["title"], "Every pet");
    let arguments = pets["inputSchema"]["properties"].as_object().unwrap();
    assert_eq!(arguments.keys().collect::<Vec<_>>(), ["limit", "q"]);

    let written: Value = serde_json::from_slice(&files.files["openapi.json"]).expect("JSON");
    assert_eq!(written["info"]["title"], "Renamed");
    let get = &written["paths"]["/pets"]["get"];
    assert_eq!(get["tags"], json!(["pets", "more", "last"]));
    assert_eq!(
        get["parameters"][0]["schema"]["default"].to_string(),
        "12345678901234567890"
    );
    assert_eq!(written["paths"]["/users"]["get"]["name"], "limit");
}

#[test]
fn what_is_added_stands_where_its_target_stands() {
    let done = overlaid(
        "- target: $.paths['/users'].get
  update: { parameters: [{ in: nowhere, name: x }] }",
    )
    .expect("an overlay");
    let files = files(&done.document);
    let finding = finding(&files.diagnostics, "parameter-unusable");
    assert_eq!(
        place(finding),
        ("/paths/~1users/get", 11, 13, Severity::Error)
    );
}

#[test]
fn findings_about_an_overlay_point_into_it() {
    let done = overlaid("- { target: '$.paths[\"/none\"]', remove: true }").expect("an overlay");
    assert_eq!(
        place(finding(&done.diagnostics, "target-missing")),
        ("/actions/0/target", 4, 13, Severity::Warning)
    );
    for (actions, code) in [
        ("- { target: 'paths[' }", "action-unusable"),
        ("- { update: {} }", "action-unusable"),
        ("- { target: $.info, copy: '$.paths.*' }", "action-unusable"),
    ] {
        finding(&overlaid(actions).expect_err("unusable"), code);
    }
    let specification = document(&specification(PATHS, ""));
    let refused = overlay(&specification, &specification).expect_err("no overlay");
    finding(&refused, "not-an-overlay");
}

#[test]
fn removing_many_and_everything_is_safe() {
    let done = overlaid(
        "- { target: $.., remove: true }
- { target: $..*, remove: true }
- { target: $, remove: true }",
    );
    assert!(done.is_err(), "the first target is no path");
    let done = overlaid("- { target: $..*, remove: true }\n- { target: $, remove: true }")
        .expect("an overlay");
    assert_eq!(&*done.document.bytes, b"{}\n");
}

#[test]
fn a_selection_can_be_written_into_the_document() {
    let selection = Selection {
        include: vec!["path=/pets".parse().unwrap()],
        exclude: vec!["method=delete".parse().unwrap()],
    };
    let hidden = hide(&document(&specification(PATHS, "")), &selection);
    assert_eq!(names(&files(&hidden)), ["list"]);
    let again = parse(&hidden.bytes, &Limits::default()).expect("readable");
    assert_eq!(names(&files(&again)), ["list"]);
}
