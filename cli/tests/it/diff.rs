//! `toolmill diff` and `toolmill generate --diff`: what a change means to callers.

use serde_json::{Value, json};

use crate::support::{Home, Output, PETSTORE};

const BEFORE: &str = "openapi: 3.0.3
info: { title: Notes, version: '1' }
servers: [{ url: 'https://notes.example' }]
paths:
  /notes:
    get:
      operationId: listNotes
      parameters:
        - { name: order, in: query, schema: { type: string, enum: [newest, oldest] } }
      responses: {}
  /notes/{id}:
    delete:
      operationId: deleteNote
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: {}
";

/// With one more optional argument.
fn widened() -> String {
    let argument =
        "        - { name: limit, in: query, schema: { type: integer } }\n      responses";
    BEFORE.replacen("      responses", argument, 1)
}

/// Without a value that callers may send, and with a tool less.
fn narrowed() -> String {
    let (kept, _) = BEFORE.split_once("  /notes/{id}").expect("two paths");
    kept.replace("[newest, oldest]", "[newest]")
}

struct Specs {
    home: Home,
}

impl Specs {
    fn new(after: &str) -> Self {
        let home = Home::new();
        std::fs::write(home.path().join("before.yaml"), BEFORE).expect("written");
        std::fs::write(home.path().join("after.yaml"), after).expect("written");
        Self { home }
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).to_string_lossy().into_owned()
    }

    fn diff(&self, more: &[&str]) -> Output {
        let [before, after] = ["before.yaml", "after.yaml"].map(|name| self.path(name));
        self.home.run(&[&["diff", &before, &after], more].concat())
    }
}

#[test]
fn exit_codes_are_for_pipelines() {
    for (after, on_breaking, on_any) in [
        (BEFORE.to_owned(), 0, 0),
        (widened(), 0, 1),
        (narrowed(), 1, 1),
    ] {
        let specs = Specs::new(&after);
        for (arguments, code) in [
            (vec![], 0),
            (vec!["--fail-on", "breaking"], on_breaking),
            (vec!["--fail-on", "any"], on_any),
        ] {
            let output = specs.diff(&arguments);
            assert_eq!(output.code, Some(code), "{arguments:?}: {}", output.stdout);
        }
    }
}

#[test]
fn differences_are_text_json_and_markdown() {
    let specs = Specs::new(&narrowed());
    let output = specs.diff(&[]);
    for said in [
        "Breaks callers:",
        "listNotes: argument `order` may not be `\"oldest\"` any more",
        "deleteNote: is gone (it was `DELETE /notes/{id}`)",
        "2 breaking changes, 0 other changes.",
    ] {
        assert!(output.stdout.contains(said), "no {said}: {}", output.stdout);
    }
    let output = specs.diff(&["--json", "--fail-on", "breaking"]);
    assert_eq!(output.code, Some(1));
    let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(report["breaking"], 2);
    assert_eq!(
        report["changes"][0],
        json!({
            "kind": "enum-value-removed", "breaking": true, "part": "input",
            "tools": ["listNotes"], "path": "order", "before": "\"oldest\"",
        })
    );
    let problem: Value = serde_json::from_str(&output.stderr).expect("JSON");
    assert_eq!(problem["code"], "different");
    let output = specs.diff(&["--format", "markdown"]);
    assert!(
        output
            .stdout
            .contains("- `listNotes`: argument `order` may not be `\"oldest\"` any more\n"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_folder_is_compared_with_what_would_be_generated() {
    let specs = Specs::new(&narrowed());
    let folder = specs.path("crate");
    let before = specs.path("before.yaml");
    let after = specs.path("after.yaml");
    let home = &specs.home;
    home.json(&["generate", &before, "-o", &folder]);
    let tools = std::fs::read(specs.home.path().join("crate/tools.json")).expect("readable");
    let diff = |spec: &str| {
        home.run(&[
            "generate",
            spec,
            "-o",
            &folder,
            "--diff",
            "--fail-on",
            "any",
        ])
    };
    assert_eq!(diff(&before).code, Some(0));
    let output = diff(&after);
    assert_eq!(output.code, Some(1));
    assert!(
        output.stdout.contains("deleteNote: is gone"),
        "{}",
        output.stdout
    );
    let unchanged = std::fs::read(specs.home.path().join("crate/tools.json")).expect("readable");
    assert_eq!(tools, unchanged, "nothing is written");
    let output = home.run(&["generate", &after, "-o", &folder, "--fail-on", "any"]);
    assert_eq!(output.code, Some(2), "it needs `--diff`: {}", output.stdout);
    let report = home.json(&["diff", &folder, &after]);
    assert_eq!(report["breaking"], 2, "a folder is a side of `diff`, too");
    assert_eq!(
        home.json(&["diff", PETSTORE, PETSTORE])["changes"],
        json!([])
    );
}

#[test]
fn names_stay_where_only_the_operation_id_changed() {
    let specs = Specs::new(&BEFORE.replace("listNotes", "allNotes"));
    let report = specs.diff(&["--json"]);
    let report: Value = serde_json::from_str(&report.stdout).expect("JSON");
    assert_eq!(report["breaking"], 0, "{report}");
}

/// The generator cleans what it writes, but a folder may be anybody's.
#[test]
fn hostile_text_cannot_drive_the_terminal() {
    let specs = Specs::new(BEFORE);
    let home = &specs.home;
    let (folder, spec) = (specs.path("crate"), specs.path("after.yaml"));
    home.json(&["generate", &spec, "-o", &folder]);
    let tools = home.path().join("crate/tools.json");
    let text = std::fs::read_to_string(&tools).expect("readable");
    let hostile = text.replace("\"deleteNote\"", r#""gone\u001b[31m\u202e""#);
    assert_ne!(text, hostile, "control: the name was there");
    std::fs::write(tools, hostile).expect("written");
    for format in ["text", "markdown"] {
        let output = home.run(&["diff", &folder, &spec, "--format", format]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        assert!(output.stdout.contains("gone"), "control: {}", output.stdout);
        assert!(
            !output.stdout.contains(['\u{1b}', '\u{202e}']),
            "{:?}",
            output.stdout
        );
    }
}

/// From specifications and from crates alike: a crate has the one it was made of.
#[test]
fn how_requests_are_written_is_told_of_crates_too() {
    let delimited = BEFORE.replace(
        "schema: { type: string, enum: [newest, oldest] }",
        "style: deepObject, schema: { type: object, properties: { by: { type: string } } }",
    );
    let exploded = delimited.replace("style: deepObject", "style: form");
    let specs = Specs::new(&exploded);
    std::fs::write(specs.path("before.yaml"), &delimited).expect("written");
    let [before, after, folder] =
        ["before.yaml", "after.yaml", "crate"].map(|name| specs.path(name));
    specs
        .home
        .json(&["generate", &before, "-o", &folder, "--name", "notes"]);
    let told = |arguments: &[&str]| {
        let report = specs.home.json(arguments);
        let changes = report["changes"].as_array().expect("changes").clone();
        assert_eq!(report["breaking"], 0, "{report}");
        let changed = changes
            .into_iter()
            .filter(|change| change["kind"] == "request-changed");
        changed.collect::<Vec<_>>()
    };
    let expected = json!([{
        "kind": "request-changed",
        "breaking": false,
        "part": "tool",
        "tools": ["listNotes"],
        "path": "order",
        "before": "query order, deepObject, exploded",
        "after": "query order, form, exploded",
    }]);
    for arguments in [
        vec!["diff", &*before, &*after],
        vec!["diff", &*folder, &*after],
        vec!["generate", &*after, "-o", &*folder, "--diff"],
    ] {
        assert_eq!(json!(told(&arguments)), expected, "{arguments:?}");
    }
    for arguments in [
        vec!["diff", &*folder, &*before],
        vec!["generate", &*before, "-o", &*folder, "--diff"],
    ] {
        assert!(told(&arguments).is_empty(), "control: {arguments:?}");
    }
}
