//! Reading bytes: what is refused, where it is said to be, and the limits.

use crate::common::{finding, options, place, refusal};
use toolmill_generator::{Limits, Node, Severity, Value, json_number, parse};

fn read(text: &str) -> Node {
    parse(text.as_bytes(), &Limits::default())
        .expect("the text is well-formed")
        .root
}

fn refused(text: impl AsRef<[u8]>, limits: &Limits) -> String {
    let found = parse(text.as_ref(), limits).expect_err("the text is refused");
    found
        .iter()
        .map(|one| format!("{} {}:{}", one.code, one.line, one.column))
        .collect()
}

/// The tree as JSON text, so that trees of both formats can be compared.
fn shape(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => {
            json_number(text).map_or_else(|| format!("?{text}"), |number| number.into_owned())
        }
        Value::String(text) => format!("{text:?}"),
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(shape).collect::<Vec<_>>().join(",")
        ),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(key, member)| format!("{key:?}:{}", shape(&member.node)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    }
}

#[test]
fn both_formats_give_one_tree() {
    let json =
        r#"{"a": [1, -2.5e3, true, null, "x\"\u00e9\ud83d\ude00\n"], "b": {"c": {}}, "200": []}"#;
    let yaml =
        "a:\n  - 1\n  - -2.5e3\n  - True\n  - ~\n  - \"x\\\"é\u{1f600}\\n\"\nb: {c: {}}\n200: []\n";
    assert_eq!(shape(&read(json)), shape(&read(yaml)));
    assert_eq!(shape(&read("\u{feff}{\"a\": 1}")), r#"{"a":1}"#);
    // What only looks like JSON is read as YAML.
    assert_eq!(shape(&read("{a: 1, b: [x]}")), r#"{"a":1,"b":["x"]}"#);
}

#[test]
fn only_the_core_schema_is_special_in_yaml() {
    let yaml = "[no, on, y, 2024-02-29, 12:30:45, 1_000, 0o17, 0x1F, .inf, +1, .5, '1', !!str 1, \"null\"]";
    assert_eq!(
        shape(&read(yaml)),
        r#"["no","on","y","2024-02-29","12:30:45","1_000",15,31,?.inf,1,0.5,"1","1","null"]"#
    );
}

#[test]
fn anchors_and_merge_keys_are_followed() {
    let yaml = "base: &base {a: 1, b: 2}\nuse: *base\nmerged:\n  b: 3\n  <<: *base\nseveral:\n  <<: [*base, {c: 4}]\n";
    assert_eq!(
        shape(&read(yaml)),
        r#"{"base":{"a":1,"b":2},"use":{"a":1,"b":2},"merged":{"b":3,"a":1},"several":{"a":1,"b":2,"c":4}}"#
    );
    assert_eq!(shape(&read("'<<': text")), r#"{"<<":"text"}"#);
}

#[test]
fn a_flow_collection_may_close_where_it_was_opened() {
    let yaml = "a:\n  example: {\n    x: 1\n  }\n  other: [\n    1\n  ]\n";
    assert_eq!(
        shape(&read(yaml)),
        r#"{"a":{"example":{"x":1},"other":[1]}}"#
    );
}

#[test]
fn ambiguous_documents_are_refused_with_their_place() {
    let limits = Limits::default();
    for (text, expected) in [
        ("{\"a\": 1,\n \"b\": 2, \"a\": 3}", "duplicate-key 2:10"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "duplicate-key 4:3"),
        ("{\"é\": {\"x\": 1, \"\\u0078\": 2}}", "duplicate-key 1:16"),
        ("a: 1\n---\nb: 2\n", "several-documents 2:1"),
        ("a: !!python/object:os.system x\n", "yaml-tag 1:4"),
        ("a: !include other.yaml\n", "yaml-tag 1:4"),
        ("a: !!binary aGk=\n", "yaml-tag 1:4"),
        ("a: &a [*a]\n", "yaml-alias 1:8"),
        ("? {a: 1}\n: 2\n", "yaml-key 1:3"),
        ("a: {<<: 1}\n", "yaml-merge 1:9"),
        ("{\"a\": \"\\ud800\"}", "encoding 1:14"),
        ("{\"a\": \"b\" \"c\"}", "json-syntax 1:11"),
        ("{\"é\": [1, 2}", "json-syntax 1:12"),
        ("{\"a\": \"b\n}", "json-syntax 1:9"),
        ("{\"a\": \"\\x\", \"b\": }", "json-syntax 1:8"),
        ("", "yaml-syntax 1:1"),
        ("a: [1\n", "yaml-syntax 2:1"),
    ] {
        assert_eq!(refused(text, &limits), expected, "{text:?}");
    }
    assert_eq!(refused(b"a: 1\nb: \xff\n", &limits), "encoding 2:4");
    assert_eq!(refused(b"\xff\xfea\x00", &limits), "encoding 1:1");
}

#[test]
fn limits_hold_just_above_and_not_just_below() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let nested_yaml = |depth: usize| format!("a: {}", nested(depth - 1));
    let items = |count: usize| format!("[{}]", vec!["1"; count - 1].join(","));
    let items_yaml = |count: usize| "- 1\n".repeat(count - 1);
    let scalar = |bytes: usize| format!("[\"{}\"]", "é".repeat(bytes / 2));
    let scalar_yaml = |bytes: usize| format!("- {}", "é".repeat(bytes / 2));
    let aliases = |count: usize| {
        format!(
            "a: &a [1, 2, 3]\nb: [{}]\n",
            vec!["*a"; count / 4].join(",")
        )
    };
    let limits = Limits {
        document_bytes: 4_096,
        document_depth: 16,
        document_nodes: 64,
        scalar_bytes: 32,
        alias_nodes: 32,
        ..Limits::default()
    };
    type Make<'a> = &'a dyn Fn(usize) -> String;
    let cases: [(Make<'_>, usize, usize); 7] = [
        (&nested, 16, 17),
        (&nested_yaml, 16, 17),
        (&items, 64, 65),
        (&items_yaml, 64, 65),
        (&scalar, 32, 34),
        (&scalar_yaml, 32, 34),
        (&aliases, 32, 36),
    ];
    for (make, within, beyond) in cases {
        assert!(
            parse(make(within).as_bytes(), &limits).is_ok(),
            "{}",
            make(within)
        );
        assert!(
            refused(make(beyond), &limits).starts_with("limit "),
            "{}",
            make(beyond)
        );
    }
    assert!(
        parse(" ".repeat(4_094).as_bytes(), &limits)
            .is_err_and(|found| found.iter().all(|one| one.code != "limit"))
    );
    assert_eq!(refused(" ".repeat(4_097), &limits), "limit 1:1");
}

#[test]
fn small_documents_do_not_grow_large() {
    let laughs = (1..9).fold("a0: &a0 [x]\n".to_owned(), |text, level| {
        let alias = format!("*a{}", level - 1);
        format!(
            "{text}a{level}: &a{level} [{}]\n",
            [alias.as_str(); 9].join(",")
        )
    });
    assert!(refused(laughs, &Limits::default()).starts_with("limit "));
    let deep = "[".repeat(100_000);
    assert!(refused(&deep, &Limits::default()).starts_with("limit "));
    assert!(refused(format!("a: {deep}"), &Limits::default()).contains("1:"));
}

#[test]
fn findings_have_pointer_line_and_column() {
    let yaml = "openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths:\n  /a~b/{c}:\n    get:\n      parameters:\n        - name: d\n          in: body\n      responses: {}\n";
    let files = toolmill_generator::generate(yaml.as_bytes(), &options()).expect("the rest works");
    let found = finding(&files.diagnostics, "parameter-unusable");
    assert_eq!(
        place(found),
        (
            "/paths/~1a~0b~1{c}/get/parameters/0",
            7,
            11,
            Severity::Error
        )
    );
    assert!(
        found.message.ends_with("`GET /a~b/{c}` is left out."),
        "{}",
        found.message
    );
}

#[test]
fn other_documents_and_versions_are_refused() {
    for (text, code) in [
        ("[]", "not-a-specification"),
        ("a: 1", "not-a-specification"),
        ("swagger: '2.0'", "no-paths"),
        ("swagger: '1.2'", "version-unsupported"),
        ("openapi: 4.0.0", "version-unsupported"),
        ("openapi: [3]", "version-unsupported"),
        ("openapi: \"3.0.3\\n\"", "version-unsupported"),
        ("openapi: 3.0.3", "no-paths"),
        ("openapi: 3.0.3\npaths: 1", "no-paths"),
    ] {
        finding(&refusal(text), code);
    }
}
