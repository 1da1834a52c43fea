//! `[specification]`: what is read and taken of a specification.

use serde_json::Value;

use super::{limited, operations};
use crate::support::Home;

const HEAD: &str = "openapi: 3.0.3\ninfo: { title: A, version: '1' }\n";

/// Whether `check` finds that a limit is reached.
fn reached(home: &Home, limit: &str, spec: &str) -> bool {
    let file = home.path().join("api.yaml");
    std::fs::write(&file, spec).expect("written");
    let args = ["check", &*file.to_string_lossy(), "--json"];
    let output = limited(home, &format!("[specification]\n{limit}\n"), &args);
    if output.stdout.is_empty() {
        // It was not even read whole.
        assert_eq!(output.code, Some(3), "{}", output.stderr);
        assert!(output.stderr.contains("larger than"), "{}", output.stderr);
        return true;
    }
    let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let found = report["diagnostics"].as_array().expect("a list");
    found.iter().any(|one| one["code"] == "limit")
}

/// One operation, with this parameter.
fn with_schema(schema: &str) -> String {
    format!(
        "{HEAD}paths:\n  /a: {{ get: {{ parameters: [{{ name: q, in: query, schema: {schema} }}], responses: {{}} }} }}\n"
    )
}

fn nested(depth: usize) -> String {
    (0..depth).fold("{ type: string }".to_owned(), |inner, _| {
        format!("{{ items: {inner} }}")
    })
}

fn repeated(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect::<Vec<_>>().join(", ")
}

#[test]
fn limits_hold_just_above_and_not_just_below() {
    let home = Home::new();
    let padded = |bytes: usize| {
        let spec = operations(1);
        let padding = " ".repeat(bytes - spec.len());
        format!("{spec}{padding}")
    };
    let deep = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        format!("{}x-deep: {open}{close}\n", operations(1))
    };
    // Eleven values and, as this is YAML, their ten keys.
    let nodes = |count: usize| {
        let own = 21;
        format!(
            "{}x-many: [{}]\n",
            operations(1),
            repeated(count - own, |n| n.to_string())
        )
    };
    let scalar = |bytes: usize| format!("{}x-long: {}\n", operations(1), "x".repeat(bytes));
    let aliases = |count: usize| {
        format!(
            "{}x-a: &a 1\nx-b: [{}]\n",
            operations(1),
            repeated(count, |_| "*a".to_owned())
        )
    };
    let parameters = |count: usize| {
        let all = repeated(count, |n| {
            format!("{{ name: p{n}, in: query, schema: {{}} }}")
        });
        format!("{HEAD}paths:\n  /a: {{ get: {{ parameters: [{all}], responses: {{}} }} }}\n")
    };
    let values = |count: usize| {
        with_schema(&format!(
            "{{ enum: [{}] }}",
            repeated(count, |n| n.to_string())
        ))
    };
    // Beside the tool's own, its `_fields` and the parameter.
    let properties = |count: usize| {
        let all = repeated(count, |n| format!("p{n}: {{ type: string }}"));
        with_schema(&format!("{{ type: object, properties: {{ {all} }} }}"))
    };
    // Each of the two has 35 bytes beside the default.
    let shared = |bytes: usize| {
        let parameter = "{ name: q, in: query, schema: { $ref: '#/components/schemas/S' } }";
        let operation = format!("{{ get: {{ parameters: [{parameter}], responses: {{}} }} }}");
        let title = "x".repeat((bytes - 70).div_ceil(2));
        format!(
            "{HEAD}paths:\n  /a: {operation}\n  /b: {operation}\ncomponents: {{ schemas: {{ S: {{ type: string, default: {title} }} }} }}\n"
        )
    };
    type Make<'a> = &'a dyn Fn(usize) -> String;
    let cases: [(&str, usize, Make<'_>); 12] = [
        ("bytes", 400, &padded),
        ("nesting", 16, &deep),
        ("nodes", 50, &nodes),
        ("scalar_bytes", 32, &scalar),
        ("alias_nodes", 8, &aliases),
        ("operations", 2, &operations),
        ("parameters", 3, &parameters),
        ("schema_nesting", 5, &|levels| {
            with_schema(&nested(levels - 1))
        }),
        ("enum_values", 3, &values),
        ("schema_nodes", 8, &|count| properties(count - 3)),
        ("shared_schema_bytes", 80, &shared),
        ("input_schema_nodes", 8, &|count| properties(count - 3)),
    ];
    for (key, value, make) in cases {
        let limit = format!("{key} = {value}");
        assert!(
            !reached(&home, &limit, &make(value)),
            "{limit}: {}",
            make(value)
        );
        assert!(
            reached(&home, &limit, &make(value + 1)),
            "{limit}: {}",
            make(value + 1)
        );
    }
}

/// What is cut is no fault: the tools say less.
#[test]
fn texts_and_answers_are_as_long_as_set() {
    let home = Home::new();
    let tool = |limit: &str, spec: &str| -> Value {
        let file = home.path().join("api.yaml");
        std::fs::write(&file, spec).expect("written");
        let folder = home.path().join("made");
        let args = [
            "generate",
            &*file.to_string_lossy(),
            "-o",
            &*folder.to_string_lossy(),
        ];
        let made = limited(&home, &format!("[specification]\n{limit}\n"), &args);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let tools = std::fs::read(folder.join("tools.json")).expect("written");
        let tools: Value = serde_json::from_slice(&tools).expect("JSON");
        tools["tools"][0].clone()
    };
    let spec = |summary: &str, property: &str| {
        let schema = format!(
            "{{ type: object, properties: {{ a: {{ type: string, description: {property} }} }} }}"
        );
        format!(
            "{HEAD}paths:\n  /a: {{ get: {{ summary: {summary}, responses: {{ '200': {{ description: d, content: {{ application/json: {{ schema: {schema} }} }} }} }} }} }}\n"
        )
    };
    for length in [20, 21] {
        let text = "x".repeat(length);
        let whole = length == 20;
        let made = tool("title_characters = 20", &spec(&text, "d"));
        assert_eq!(made["title"] == *text, whole, "{made}");
    }
    // The operation's description ends in its request.
    for length in [30, 31] {
        let text = "x".repeat(length);
        let made = tool("description_bytes = 38", &spec(&text, "d"));
        let description = made["description"].as_str().expect("text");
        assert_eq!(description.contains(&text), length == 30, "{description}");
        assert!(description.len() <= 38, "{description}");
    }
    let output = |limit: usize| {
        let made = tool(
            &format!("output_schema_bytes = {limit}"),
            &spec("s", "here"),
        );
        let schema = made["outputSchema"].to_string();
        (schema.contains("here"), schema.len())
    };
    let (_, length) = output(16 << 10);
    assert!(output(length).0);
    assert!(!output(length / 2).0);
}
