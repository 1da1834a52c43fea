//! Each style of each place: an argument, and the exact request that it makes.

use serde_json::{Value, json};

use crate::support::{Recorder, Server, error};

fn targets(rows: &[(&str, Value, &str)]) {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for (tool, value, target) in rows {
        let result = server.call(tool, json!({ "v": value }));
        assert_ne!(result["isError"], true, "{tool} {value}: {result}");
        let line = format!("GET {target} HTTP/1.1");
        assert_eq!(api.take_one().line, line, "{tool} {value}");
    }
}

fn object() -> Value {
    json!({"a": "A", "b": 2})
}

#[test]
fn path_styles() {
    targets(&[
        ("pathSimple", json!("x"), "/s/x/e"),
        (
            "pathSimple",
            json!(9007199254740993_i64),
            "/s/9007199254740993/e",
        ),
        ("pathSimple", json!(true), "/s/true/e"),
        (
            "pathSimple",
            json!("a/b ?#%&;=,é"),
            "/s/a%2Fb%20%3F%23%25%26%3B%3D%2C%C3%A9/e",
        ),
        ("pathSimple", json!("{v}"), "/s/%7Bv%7D/e"),
        ("pathSimple", json!("//evil.test"), "/s/%2F%2Fevil.test/e"),
        ("pathSimple", json!("@evil.test"), "/s/%40evil.test/e"),
        ("pathSimple", json!("\u{ff0f}"), "/s/%EF%BC%8F/e"),
        ("pathSimple", json!("..."), "/s/.../e"),
        ("pathSimple", json!(["x", "y,z"]), "/s/x,y%2Cz/e"),
        ("pathSimple", object(), "/s/a,A,b,2/e"),
        ("pathSimpleExploded", object(), "/s/a=A,b=2/e"),
        ("pathSimpleExploded", json!(["x", "y"]), "/s/x,y/e"),
        ("pathLabel", json!("x"), "/s/.x/e"),
        ("pathLabel", json!(["x", "y"]), "/s/.x,y/e"),
        ("pathLabelExploded", json!(["x", "y"]), "/s/.x.y/e"),
        ("pathLabel", object(), "/s/.a,A,b,2/e"),
        ("pathLabelExploded", object(), "/s/.a=A.b=2/e"),
        ("pathMatrix", json!("x"), "/s/;v=x/e"),
        ("pathMatrix", json!(["x", "y"]), "/s/;v=x,y/e"),
        ("pathMatrixExploded", json!(["x", "y"]), "/s/;v=x;v=y/e"),
        ("pathMatrix", object(), "/s/;v=a,A,b,2/e"),
        ("pathMatrixExploded", object(), "/s/;a=A;b=2/e"),
        ("pathSpace", json!(["x", "y z"]), "/s/x%20y%20z/e"),
        ("pathPipe", json!(["x", "y"]), "/s/x%7Cy/e"),
        ("pathTab", json!(["x", "y,z"]), "/s/x%09y%2Cz/e"),
        ("pathJson", json!(["x"]), "/s/%5B%22x%22%5D/e"),
    ]);
}

#[test]
fn query_styles() {
    targets(&[
        (
            "queryFormExploded",
            json!("a&b=c#d+e\r\n\u{0}"),
            "/q?v=a%26b%3Dc%23d%2Be%0D%0A%00",
        ),
        ("queryFormExploded", json!("a b"), "/q?v=a%20b"),
        ("queryFormExploded", json!(""), "/q?v="),
        ("queryFormExploded", json!(false), "/q?v=false"),
        ("queryFormExploded", json!(["x", "y z"]), "/q?v=x&v=y%20z"),
        ("queryFormExploded", object(), "/q?a=A&b=2"),
        ("queryForm", json!(["x", "y,z"]), "/q?v=x,y%2Cz"),
        ("queryForm", object(), "/q?v=a,A,b,2"),
        ("querySpace", json!(["x", "y z"]), "/q?v=x%20y%20z"),
        ("querySpaceExploded", json!(["x", "y"]), "/q?v=x&v=y"),
        ("queryPipe", json!(["x", "y|z"]), "/q?v=x|y%7Cz"),
        ("queryTab", json!(["x", "y"]), "/q?v=x%09y"),
        ("queryDeep", object(), "/q?v%5Ba%5D=A&v%5Bb%5D=2"),
        (
            "queryDeep",
            json!({"a": {"b": 1}, "c": ["x", "y"], "d": [{"e": 2}]}),
            "/q?v%5Ba%5D%5Bb%5D=1&v%5Bc%5D%5B%5D=x&v%5Bc%5D%5B%5D=y&v%5Bd%5D%5B0%5D%5Be%5D=2",
        ),
        (
            "queryReserved",
            json!("a:/?=,;@b%20c&d#e+f%g"),
            "/q?v=a:/?=,;@b%20c%26d%23e%2Bf%25g",
        ),
        (
            "queryJson",
            json!({"a": [1]}),
            "/q?v=%7B%22a%22%3A%5B1%5D%7D",
        ),
    ]);
}

#[test]
fn nothing_is_sent_for_nothing() {
    targets(&[
        ("queryFormExploded", json!(null), "/q"),
        ("queryFormExploded", json!([]), "/q"),
        ("queryFormExploded", json!({}), "/q"),
        ("queryFormExploded", json!([null, "x"]), "/q?v=x"),
        ("queryForm", json!([]), "/q"),
        ("queryDeep", json!({}), "/q"),
        ("queryDeep", json!({"a": null}), "/q"),
        ("headerSimple", json!([]), "/h"),
        ("cookieForm", json!(null), "/c"),
    ]);
}

#[test]
fn numbers_keep_their_digits() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for digits in ["18446744073709551617", "0.1000", "1e+400", "-0.0"] {
        let value: Value = serde_json::from_str(digits).expect("a number");
        server.call("queryFormExploded", json!({ "v": value }));
        assert_eq!(
            api.take_one().target(),
            format!("/q?v={}", digits.replace('+', "%2B"))
        );
    }
}

#[test]
fn header_styles() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for (tool, value, header) in [
        ("headerSimple", json!("a b;c=\"d\""), "a b;c=\"d\""),
        ("headerSimple", json!(["x", "y"]), "x,y"),
        ("headerSimple", object(), "a,A,b,2"),
        ("headerSimpleExploded", object(), "a=A,b=2"),
        ("headerSpace", json!(["x", "y"]), "x y"),
        ("headerPipe", json!(["x", "y"]), "x|y"),
        ("headerTab", json!(["x", "y"]), "x\ty"),
        ("headerJson", object(), r#"{"a":"A","b":2}"#),
        (
            "headerJson",
            json!({"ü": "😀\u{7f}"}),
            r#"{"\u00fc":"\ud83d\ude00\u007f"}"#,
        ),
    ] {
        server.call(tool, json!({ "v": value }));
        assert_eq!(api.take_one().header("x-v"), Some(header), "{tool} {value}");
    }
}

#[test]
fn cookie_styles() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for (tool, value, cookie) in [
        ("cookieForm", json!("s1;evil=1"), "v=s1%3Bevil=1"),
        ("cookieForm", json!("a b,c\"\r\n"), "v=a%20b%2Cc%22%0D%0A"),
        ("cookieForm", json!(["x", "y"]), "v=x,y"),
        ("cookieForm", object(), "v=a,A,b,2"),
        ("cookieFormExploded", json!(["x", "y"]), "v=x; v=y"),
        ("cookieFormExploded", object(), "a=A; b=2"),
    ] {
        server.call(tool, json!({ "v": value }));
        assert_eq!(
            api.take_one().header("cookie"),
            Some(cookie),
            "{tool} {value}"
        );
    }
}

#[test]
fn what_would_address_something_else_is_refused() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let paths = [
        "",
        ".",
        "..",
        "../../admin",
        "a/../b",
        "..%2f..%2fadmin",
        "%2e%2e",
        "%252e%252e",
        "a\\..\\b",
        "..;x=y",
        "%2e",
        "a/%2e%2e%2fb",
        "a\u{0}b",
        "a\r\nb",
        "\u{7f}",
    ];
    for value in
        paths
            .map(Value::from)
            .into_iter()
            .chain([json!([]), json!({}), json!(null), json!([""])])
    {
        let text = error(&server.call("pathSimple", json!({ "v": value }))).to_owned();
        assert!(text.contains("`v`"), "{value}: {text}");
    }
    error(&server.call("pathLabel", json!({"v": [""]})));
    error(&server.call("oneSegment", json!({"name": "", "kind": "x"})));
    for value in [
        "v\r\nX-Evil: 1",
        "v\nHost: x",
        "\u{0}",
        "é",
        &"x".repeat(9000),
    ] {
        let text = error(&server.call("headerSimple", json!({ "v": value }))).to_owned();
        assert!(text.contains("`X-V`"), "{value}: {text}");
    }
    error(&server.call("cookieFormExploded", json!({"v": {"a b": "c"}})));
    assert!(api.take().is_empty());
}
