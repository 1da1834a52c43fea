//! What is said of references that lead nowhere, by `bundle` and by the others.

use serde_json::{Value, json};

use super::Specs;
use crate::support::Output;

const HEAD: &str =
    "openapi: 3.1.0\ninfo: { title: T, version: '1' }\nservers: [{ url: 'https://a.example' }]\n";

impl Specs {
    fn root(&self, rest: &str) -> String {
        self.write("api/openapi.yaml", &format!("{HEAD}{rest}"));
        self.path("api/openapi.yaml").to_string_lossy().into_owned()
    }
}

/// The failure that `--json` prints.
fn problem(output: &Output) -> Value {
    let line = output.stderr.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {}", output.stderr))
}

#[test]
fn no_command_goes_on_with_a_document_that_was_cut() {
    let specs = Specs::new();
    specs.write(
        "api/large.yaml",
        &format!("text: '{}'\n", "x".repeat(1 << 16)),
    );
    let crate_folder = specs.path("crate").to_string_lossy().into_owned();
    for (copies, cut) in [(10, false), (400, true)] {
        let members = (0..copies).map(|copy| format!("x-{copy}: {{ $ref: large.yaml }}"));
        let members = members.collect::<Vec<_>>().join(", ");
        let spec = specs.root(&format!(
            "tags: [{{ name: t, more: {{ {members} }} }}]\npaths: {{ /a: {{ get: {{ operationId: a, responses: {{}} }} }} }}\n"
        ));
        let commands: [&[&str]; 5] = [
            &["check", &spec],
            &["generate", &spec, "-o", &crate_folder],
            &["diff", &spec, &spec],
            &["run", &spec],
            &["up", &spec, "--engine", "process"],
        ];
        // The last two begin to serve where nothing is wrong.
        let commands = &commands[..if cut { 5 } else { 3 }];
        for command in commands {
            let output = specs.home.run(&[command, &["--json"][..]].concat());
            if !cut {
                assert_eq!(output.code, Some(0), "{command:?}: {}", output.stderr);
                continue;
            }
            assert_eq!(output.code, Some(3), "{command:?}: {}", output.stderr);
            let finding = if command[0] == "check" {
                let report: Value = serde_json::from_str(&output.stdout).expect("a report");
                assert_eq!(report["usable"], false);
                report["diagnostics"][0].clone()
            } else {
                assert!(output.stdout.is_empty(), "{command:?}: {}", output.stdout);
                problem(&output)["diagnostics"][0].clone()
            };
            assert_eq!(finding["code"], "limit", "{command:?}: {finding}");
            let pointer = finding["pointer"].as_str().unwrap_or_default();
            assert!(pointer.starts_with("/tags/0/more/x-"), "{finding}");
            assert_eq!(finding["line"], 4);
            assert!(
                finding["hint"]
                    .as_str()
                    .is_some_and(|hint| !hint.is_empty())
            );
            assert!(
                finding["file"]
                    .as_str()
                    .is_some_and(|file| file.ends_with("openapi.yaml"))
            );
        }
    }
}

/// One finding for each reference: what comes of it, why, and what to do.
#[test]
fn what_is_not_followed_is_said_once() {
    let specs = Specs::new();
    specs.write(
        "api/pet.yaml",
        "type: object\nproperties: { a: { $ref: gone.yaml } }\n",
    );
    let spec = specs.root(
        "paths:
  /a: { get: { parameters: [{ $ref: lost.yaml }], responses: {} } }
  /b: { post: { requestBody: { content: { application/json: { schema: { $ref: pet.yaml } } } }, responses: {} } }
  /c: { get: { responses: {} } }
components: { schemas: { Unused: { $ref: unused.yaml } } }
",
    );
    let report = specs.home.json(&["check", &spec]);
    let found = report["diagnostics"].as_array().expect("findings");
    for (name, file, line) in [
        ("lost.yaml", "api/openapi.yaml", 5),
        ("gone.yaml", "api/pet.yaml", 2),
        ("unused.yaml", "api/openapi.yaml", 8),
    ] {
        let about = |finding: &&Value| finding.to_string().contains(name);
        let all: Vec<_> = found.iter().filter(about).collect();
        assert_eq!(all.len(), 1, "{name}: {found:#?}");
        assert!(
            all[0]["file"]
                .as_str()
                .is_some_and(|named| named.ends_with(file))
        );
        assert_eq!(all[0]["line"], line, "{}", all[0]);
        assert!(all[0].to_string().contains("cannot be read"), "{}", all[0]);
    }
    let left_out = found.iter().find(|finding| finding["line"] == 5);
    let left_out = left_out.expect("the parameter");
    assert!(
        left_out["message"]
            .as_str()
            .is_some_and(|message| message.contains("`GET /a` is left out")),
        "{left_out}"
    );

    // `bundle` names them all, with their files.
    let output = specs.bundle(&["--json"]);
    assert_eq!(output.code, Some(3), "{}", output.stdout);
    let problem = problem(&output);
    let files: Vec<_> = problem["diagnostics"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|finding| finding["file"].as_str()?.rsplit('/').next())
        .collect();
    assert_eq!(files.len(), 3, "{problem}");
    assert!(files.contains(&"pet.yaml"), "{files:?}");
}

#[test]
fn links_lead_to_operations_of_other_files() {
    let specs = Specs::new();
    specs.write(
        "api/a.yaml",
        "get:
  responses:
    '200':
      description: A.
      links:
        Own: { operationRef: '#/paths/~1c/get' }
        Next: { operationRef: 'b.yaml#/get' }
        Root: { operationRef: 'openapi.yaml#/paths/~1c/get' }
",
    );
    specs.write("api/b.yaml", "get: { responses: {} }\n");
    specs.write("api/other.yaml", "get: { responses: {} }\n");
    let rest = "paths:\n  /a: { $ref: a.yaml }\n  /b: { $ref: b.yaml }\n  /c: { get: { responses: {} } }\n";
    specs.root(rest);
    let output = specs.bundle(&[]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stderr.is_empty(), "{}", output.stderr);
    let bundled: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(
        bundled["paths"]["/a"]["get"]["responses"]["200"]["links"],
        json!({
            "Own": { "operationRef": "#/paths/~1c/get" },
            "Next": { "operationRef": "#/paths/~1b/get" },
            "Root": { "operationRef": "#/paths/~1c/get" },
        })
    );

    for reference in ["other.yaml#/get", "missing.yaml#/get", "b.yaml#/put"] {
        specs.root(&format!(
            "{rest}components: {{ links: {{ L: {{ operationRef: '{reference}' }} }} }}\n"
        ));
        let output = specs.bundle(&[]);
        assert_eq!(output.code, Some(0), "a link is no part of a call");
        assert!(
            output.stderr.contains("in no path of the document") && output.stderr.contains(":8:"),
            "{}",
            output.stderr
        );
        assert!(output.stdout.contains(reference), "it stays as it is");
    }
}

#[test]
fn dynamic_references_to_other_files_are_not_left_silently() {
    let specs = Specs::new();
    specs.write("api/tree.yaml", "$dynamicAnchor: node\ntype: object\n");
    for (reference, code) in [("tree.yaml#node", 3), ("#node", 0)] {
        specs.root(&format!(
            "paths: {{}}\ncomponents:\n  schemas:\n    Tree: {{ $ref: tree.yaml }}\n    A: {{ $dynamicRef: '{reference}' }}\n"
        ));
        let output = specs.bundle(&[]);
        assert_eq!(output.code, Some(code), "{}", output.stderr);
        let said = output
            .stderr
            .contains("`$dynamicRef` leads to another file");
        assert_eq!(said, code == 3, "{}", output.stderr);
        assert_eq!(output.stderr.contains("openapi.yaml:8:"), code == 3);
    }
}

#[test]
fn an_id_that_is_not_followed_is_said_once() {
    let specs = Specs::new();
    specs.write("api/b.yaml", "type: boolean\n");
    specs.write("api/c.yaml", "type: boolean\n");
    specs.root("paths: {}\ncomponents: { schemas: { A: { $ref: a.yaml } } }\n");
    for (id, said) in [
        ("https://a.example/schemas/a.json", 1),
        ("a.yaml", 0),
        ("#a", 0),
    ] {
        specs.write(
            "api/a.yaml",
            &format!("$id: '{id}'\nproperties:\n  b: {{ $ref: b.yaml }}\n  c: {{ $ref: c.yaml }}\n  d: {{ $ref: '#/properties/b' }}\n"),
        );
        let output = specs.bundle(&[]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        let times = output.stderr.matches("by the `$id` around it").count();
        assert_eq!(times, said, "{id}: {}", output.stderr);
        let bundled: Value = serde_json::from_str(&output.stdout).expect("JSON");
        assert_eq!(
            bundled["components"]["schemas"]["b"],
            json!({ "type": "boolean" })
        );
    }
}
