//! `toolmill check`: findings, drawn and as JSON.

use crate::support::{Home, Output, PETSTORE};
use serde_json::Value;

fn check(specification: &str, arguments: &[&str]) -> Output {
    let home = Home::new();
    let file = home.path().join("api.yaml");
    std::fs::write(&file, specification).expect("written");
    home.run(&[&["check", &*file.to_string_lossy()], arguments].concat())
}

const HALF: &str = "openapi: 3.0.3
info: { title: Half, version: '1' }
paths:
  /good: { get: { operationId: good, responses: {} } }
  no-slash: { get: { responses: {} } }
";

#[test]
fn a_finding_is_drawn_with_its_line() {
    let output = check(HALF, &[]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(
        output
            .stdout
            .ends_with("api.yaml: 1 tool, 1 error, 0 warnings.\n"),
        "{}",
        output.stdout
    );
    for drawn in [
        "path-unusable",
        "api.yaml:5:",
        "no-slash: { get",
        "/paths/no-slash/get",
    ] {
        assert!(
            output.stderr.contains(drawn),
            "no {drawn} in {}",
            output.stderr
        );
    }
    assert!(!output.stderr.contains('\u{1b}'), "no colours in a pipe");
}

#[test]
fn findings_are_json_for_machines() {
    let output = check(HALF, &["--json"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(report["usable"], true);
    assert_eq!(
        (&report["tools"], &report["errors"]),
        (&1.into(), &1.into())
    );
    assert_eq!(report["diagnostics"][0]["pointer"], "/paths/no-slash/get");
    assert!(output.stderr.is_empty(), "{}", output.stderr);
}

#[test]
fn an_unusable_specification_has_an_exit_code_of_its_own() {
    for unusable in [
        "a: 1\na: 2\n",
        "openapi: 3.0.3\npaths: {}\n",
        "openapi: 3.0.3\npaths: { /a: { get: { x-mcp: false, responses: {} } } }\n",
        "swagger: '1.2'\n",
    ] {
        let output = check(unusable, &[]);
        assert_eq!(output.code, Some(3), "{unusable}: {}", output.stderr);
        let output = check(unusable, &["--json"]);
        assert_eq!(output.code, Some(3));
        let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
        assert_eq!(report["usable"], false);
    }
}

#[test]
fn what_stands_in_the_line_cannot_drive_the_terminal() {
    let output = check(
        "openapi: 3.0.3\n\u{202e}a: \"\u{85}\"\npaths: \"\u{7f}\u{200b}\" \n",
        &[],
    );
    assert_eq!(output.code, Some(3));
    assert!(
        !output
            .stderr
            .contains(['\u{1b}', '\u{202e}', '\u{85}', '\u{200b}', '\u{7f}']),
        "{:?}",
        output.stderr
    );
}

#[test]
fn one_endless_line_is_shown_in_part() {
    let filler = "x".repeat(100_000);
    let output = check(
        &format!(
            r#"{{"openapi": "3.0.3", "x-{filler}": 1, "paths": {{"/a": {{"get": 5}}}}, "x-end": "{filler}"}}"#
        ),
        &[],
    );
    assert!(output.stderr.contains("\"get\": 5"), "{}", output.stderr);
    assert!(output.stderr.len() < 2_000, "{} bytes", output.stderr.len());
}

#[test]
fn the_example_has_no_findings() {
    let home = Home::new();
    let output = home.run(&["check", PETSTORE]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stderr.is_empty(), "{}", output.stderr);
}

#[test]
fn overlays_and_rules_change_what_comes_of_it() {
    let home = Home::new();
    let overlay = home.path().join("overlay.yaml");
    let text = "overlay: 1.0.0
actions:
  - { target: '$.paths[\"/pets\"].post', remove: true }
  - { target: $.paths.nothing, remove: true }
";
    std::fs::write(&overlay, text).expect("written");
    let overlay = &*overlay.to_string_lossy();
    let tools = |arguments: &[&str]| {
        home.json(&[&["check", PETSTORE], arguments].concat())["tools"]
            .as_u64()
            .expect("a number")
    };
    let all = tools(&[]);
    assert_eq!(tools(&["--overlay", overlay]), all - 1);
    assert!((1..all).contains(&tools(&["--include", "method=GET"])));

    let output = home.run(&["check", PETSTORE, "--overlay", overlay]);
    assert!(
        output.stderr.contains("target-missing") && output.stderr.contains("overlay.yaml:4:"),
        "{}",
        output.stderr
    );
    let output = home.run(&["check", PETSTORE, "--overlay", PETSTORE]);
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    assert!(
        output.stderr.contains("not-an-overlay"),
        "{}",
        output.stderr
    );
    let output = home.run(&["check", PETSTORE, "--include", "colour=red"]);
    assert_eq!(output.code, Some(2), "{}", output.stderr);
}

#[test]
fn a_specification_without_operations_is_told_so() {
    let home = Home::new();
    let spec = home.path().join("api.yaml");
    std::fs::write(
        &spec,
        "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths: {}\n",
    )
    .expect("written");
    let (spec, folder) = (spec.to_string_lossy(), home.path().join("crate"));
    for arguments in [
        vec!["check", &*spec],
        vec!["generate", &*spec, "-o", &*folder.to_string_lossy()],
    ] {
        let output = home.run(&arguments);
        assert_eq!(output.code, Some(3), "{}", output.stdout);
        assert!(
            output.stderr.contains("no-operation") && output.stderr.contains("has no operation"),
            "{}",
            output.stderr
        );
    }
    assert!(!folder.exists());
}

#[test]
fn clients_that_would_mind_are_named() {
    let path = |n: usize| format!("  /a{n}: {{ get: {{ operationId: a{n}, responses: {{}} }} }}\n");
    let paths: String = (0..129).map(path).collect();
    let many = format!("openapi: 3.0.3\ninfo: {{ title: Many }}\npaths:\n{paths}");
    let report = |arguments: &[&str]| -> Value {
        let output = check(&many, arguments);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        serde_json::from_str(&output.stdout).expect("JSON")
    };
    let full = report(&["--json"]);
    let count = &full["diagnostics"][0];
    assert_eq!(
        (&count["code"], &count["pointer"], &count["line"]),
        (&"lint-count".into(), &"/paths".into(), &3.into())
    );
    let clients = |report: &Value| {
        let clients = report["clients"].as_array().expect("a list").clone();
        assert!(
            clients
                .iter()
                .all(|client| client["refused"] == Value::Array(Vec::new()))
        );
        let names = clients
            .iter()
            .map(|client| client["client"].as_str().unwrap_or_default().to_owned());
        names.collect::<Vec<_>>()
    };
    assert!(clients(&full).contains(&"VS Code".to_owned()));
    assert!(!clients(&full).contains(&"strict providers".to_owned()));
    let strict = report(&["--json", "--schema-profile", "strict"]);
    assert!(clients(&strict).contains(&"strict providers".to_owned()));
    let few = report(&["--json", "--include", "operation=a1*"]);
    assert_eq!(few["warnings"], 0);
}
