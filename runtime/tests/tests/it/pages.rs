//! The next page, only some properties, and answers that are not as documented.

use serde_json::{Value, json};

use crate::support::{Recorder, Server, error, message};

const JSON: &str = "content-type: application/json";

#[test]
fn a_link_to_the_next_page_is_told_and_taken() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let link = format!(
        r#"link: <{base}/pets?page=2&q=a%20b>; rel="next", <{base}/pets?page=9>; rel="last""#
    );
    api.answer_once(message(
        "200 OK",
        &[JSON, &link, "set-cookie: secret=1"],
        b"[1]",
    ));
    let result = server.call("listPets", json!({"top": 1}));
    let next = &result["_meta"]["toolmill/next"];
    assert_eq!(*next, json!({"_next": "page=2&q=a%20b"}));
    let said = result["content"][1]["text"].as_str().expect("a note");
    assert!(said.contains(r#"`_next`: "page=2&q=a%20b""#), "{said}");
    assert!(!result.to_string().contains("secret"), "{result}");
    api.take();
    let result = server.call("listPets", json!({"top": 1, "_next": next["_next"]}));
    assert_eq!(api.take_one().target(), "/pets?page=2&q=a%20b");
    assert_eq!(result["_meta"]["toolmill/next"], Value::Null);
    assert_eq!(result["content"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_next_page_leads_nowhere_else() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for link in ["/admin?page=2", "https://evil.test/x?page=2", "/pets/2"] {
        let link = format!("link: <{link}>; rel=next");
        api.answer_once(message("200 OK", &[JSON, &link], b"[]"));
        let result = server.call("listPets", json!({}));
        assert_eq!(result["_meta"]["toolmill/next"], Value::Null, "{link}");
    }
    api.take();
    for next in [
        json!("a=b#c"),
        json!("a b"),
        json!("x\r\nY: z"),
        json!(""),
        json!(5),
    ] {
        error(&server.call("listPets", json!({ "_next": next })));
    }
    error(&server.call("addPet", json!({"name": "Rex", "_next": "a=b"})));
    assert!(api.take().is_empty());
}

#[test]
fn a_credential_in_a_link_is_not_shown_and_is_added_anew() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[("CREDENTIAL_QUERY_KEY", "a-secret-key")]);
    let link = "link: </secured?api%20key=a-secret-key&page=2>; rel=next";
    api.answer_once(message("200 OK", &[JSON, link], b"{}"));
    let result = server.call("securedQuery", json!({}));
    assert_eq!(result["_meta"]["toolmill/next"], json!({"_next": "page=2"}));
    assert!(!result.to_string().contains("a-secret"), "{result}");
    api.take();
    server.call("securedQuery", json!({"_next": "page=2"}));
    let target = api.take_one().target().to_owned();
    assert!(target.starts_with("/secured?page=2&"), "{target}");
    assert!(target.ends_with("=a-secret-key"), "{target}");
}

#[test]
fn a_body_may_name_the_next_page() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let body = br#"{"items":[],"links":{"next":"/pets?after=x"}}"#;
    api.answer_once(message("200 OK", &[JSON], body));
    let result = server.call("listPets", json!({}));
    assert_eq!(
        result["_meta"]["toolmill/next"],
        json!({"_next": "after=x"})
    );
}

#[test]
fn only_the_properties_that_are_asked_for_are_shown() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let body = r#"[{"id":9007199254740993,"name":"Rex","owner":{"login":"a","x":1}},{"id":2}]"#;
    api.answer("200 OK", &[JSON], body);
    let result = server.call("listPets", json!({"_fields": ["id", "owner.login"]}));
    let shown = r#"{"result":[{"id":9007199254740993,"owner":{"login":"a"}},{"id":2}]}"#;
    assert_eq!(result["structuredContent"].to_string(), shown);
    assert_eq!(result["content"][0]["text"], shown);
    assert_eq!(api.take_one().target(), "/pets");
    let result = server.call("listPets", json!({"_fields": "nmae"}));
    let warnings = result["_meta"]["toolmill/warnings"].to_string();
    assert!(warnings.contains("`id`, `name`, `owner`"), "{warnings}");
    error(&server.call("listPets", json!({"_fields": {"id": 1}})));
}

#[test]
fn an_answer_that_drifted_is_handed_over_with_a_warning() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for (body, warning) in [
        (
            r#"{"name":5}"#,
            "`/name` is documented as string, and is number.",
        ),
        (
            r#"{"friend":{"born":"x"}}"#,
            "`/friend/born` is documented as integer or null, and is string.",
        ),
        ("[]", "The answer is documented as object, and is array."),
    ] {
        api.answer("200 OK", &[JSON], body);
        let result = server.call("getPet", json!({"petId": 1}));
        assert_ne!(result["isError"], true, "{result}");
        assert_eq!(
            result["_meta"]["toolmill/warnings"],
            json!([warning]),
            "{result}"
        );
    }
    api.answer(
        "200 OK",
        &[JSON],
        r#"{"name":"Rex","friend":{"born":null},"more":1}"#,
    );
    let result = server.call("getPet", json!({"petId": 1}));
    assert_eq!(result["_meta"]["toolmill/warnings"], Value::Null);
}
