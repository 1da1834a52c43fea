//! Query parameters.

use serde_json::{Value, json};

use crate::support::served::{Api, Called};

async fn call(tool: &str, arguments: Value) -> Called {
    Api::of("queries").await.call(tool, arguments).await
}

#[tokio::test]
async fn trap_13_a_list_repeats_its_key() {
    let called = call("list", json!({ "v": ["x", "y z"] })).await;
    called.sends("GET /v1/list?v=x&v=y%20z");
}

#[tokio::test]
async fn trap_14_form_unexploded_joins_with_raw_commas() {
    let called = call("joined", json!({ "v": ["x", "y,z"] })).await;
    called.sends("GET /v1/joined?v=x,y%2Cz");
}

#[tokio::test]
async fn trap_15_each_style_has_its_own_default_of_explode() {
    let api = Api::of("queries").await;
    for (tool, query) in [
        ("list", "/list?v=x&v=y"),
        ("piped", "/piped?v=x|y"),
        ("spaced", "/spaced?v=x%20y"),
    ] {
        let called = api.call(tool, json!({ "v": ["x", "y"] })).await;
        called.sends(&format!("GET /v1{query}"));
    }
}

#[tokio::test]
async fn trap_16_pipes_are_raw_and_spaces_are_no_plus() {
    let api = Api::of("queries").await;
    let called = api.call("piped", json!({ "v": ["a|b", "c"] })).await;
    called.sends("GET /v1/piped?v=a%7Cb|c");
    let called = api.call("spaced", json!({ "v": ["a+b", "c"] })).await;
    called.sends("GET /v1/spaced?v=a%2Bb%20c");
}

#[tokio::test]
async fn trap_17_deep_objects_have_brackets_and_nest_as_documented() {
    let api = Api::of("queries").await;
    let called = api.call("deep", json!({ "f": { "a": "A" } })).await;
    called.sends("GET /v1/deep?f%5Ba%5D=A");
    let nested = json!({ "f": { "a": ["x", "y"], "b": { "c": 1 }, "d": [{ "e": 2 }] } });
    let called = api.call("deep", nested).await;
    called.sends(
        "GET /v1/deep?f%5Ba%5D%5B%5D=x&f%5Ba%5D%5B%5D=y&f%5Bb%5D%5Bc%5D=1&f%5Bd%5D%5B0%5D%5Be%5D=2",
    );
}

#[tokio::test]
async fn trap_18_an_object_is_pairs_or_one_value() {
    let api = Api::of("queries").await;
    let object = json!({ "o": { "a": "A", "b": 2 } });
    let called = api.call("object", object.clone()).await;
    called.sends("GET /v1/object?a=A&b=2");
    let called = api.call("objectJoined", object).await;
    called.sends("GET /v1/object/joined?o=a,A,b,2");
}

#[tokio::test]
async fn trap_19_allow_reserved_never_breaks_the_query() {
    let called = call("reserved", json!({ "v": "http://x/?a=b&c=d#e f" })).await;
    called.sends("GET /v1/reserved?v=http://x/?a=b%26c=d%23e%20f");
}

#[tokio::test]
async fn trap_20_a_parameter_with_content_is_json_text() {
    let called = call("json", json!({ "v": { "a": ["b", 1] } })).await;
    called.sends("GET /v1/json?v=%7B%22a%22%3A%5B%22b%22%2C1%5D%7D");
}

#[tokio::test]
async fn trap_21_booleans_are_lower_case() {
    let api = Api::of("queries").await;
    api.call("plain", json!({ "on": true }))
        .await
        .sends("GET /v1/plain?on=true");
    api.call("plain", json!({ "on": false }))
        .await
        .sends("GET /v1/plain?on=false");
}

#[tokio::test]
async fn trap_22_an_empty_list_leaves_no_key_and_no_question_mark() {
    call("list", json!({ "v": [] })).await.sends("GET /v1/list");
}

#[tokio::test]
async fn trap_23_null_is_as_absent() {
    let api = Api::of("queries").await;
    let called = api.call("plain", json!({ "note": null, "on": true })).await;
    called.sends("GET /v1/plain?on=true");
    let called = api
        .call("plain", json!({ "note": null, "on": "yes" }))
        .await;
    called.refused(&["/on"]);
}

#[tokio::test]
async fn trap_24_an_empty_value_is_kept() {
    call("plain", json!({ "empty": "" }))
        .await
        .sends("GET /v1/plain?empty=");
}

#[tokio::test]
async fn trap_25_odd_names_come_back_to_what_they_were() {
    let api = Api::of("queries").await;
    let mut arguments = serde_json::Map::new();
    for (name, schema) in api.properties("oddNames").as_object().expect("properties") {
        let accepted = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        assert!(
            (1..=64).contains(&name.len()) && name.bytes().all(accepted),
            "{name}"
        );
        let value = if schema["type"] == "integer" {
            json!(5)
        } else {
            json!("x")
        };
        arguments.insert(name.clone(), value);
    }
    assert_eq!(arguments.len(), 4);
    let called = api.call("oddNames", Value::Object(arguments)).await;
    called.sends("GET /v1/names?filter%5Bname%5D=x&$top=5&user.id=x&full%20name=x");
}

#[tokio::test]
async fn trap_26_references_resolve_and_colliding_names_are_told_apart() {
    let api = Api::of("queries").await;
    let properties = api
        .properties("collidingNames")
        .as_object()
        .expect("properties");
    let mut names: Vec<&String> = properties.keys().collect();
    assert_eq!(names.len(), 3, "{names:?}");
    names.retain(|name| *name != "shared");
    for (name, wire) in names.iter().zip(["page%5Bsize%5D", "page_size"]) {
        let called = api
            .call("collidingNames", json!({ *name: 5, "shared": "s" }))
            .await;
        called.sends(&format!("GET /v1/collide?shared=s&{wire}=5"));
    }
}

#[tokio::test]
async fn trap_27_large_integers_survive_both_ways() {
    let api = Api::of("queries").await;
    let digits = r#"{"count":9007199254740993}"#;
    api.upstream
        .answers("200 OK", &["Content-Type: application/json"], digits);
    let arguments: Value = serde_json::from_str(digits).expect("JSON");
    let called = api.call("plain", arguments.clone()).await;
    called.sends("GET /v1/plain?count=9007199254740993");
    assert_eq!(called.value(), &arguments);
    assert_eq!(called.text(), digits);
}

#[tokio::test]
async fn trap_28_a_default_is_told_and_not_sent() {
    let api = Api::of("queries").await;
    assert_eq!(api.properties("plain")["limit"]["default"], 25);
    api.call("plain", json!({})).await.sends("GET /v1/plain");
    api.call("plain", json!({ "limit": 25 }))
        .await
        .sends("GET /v1/plain?limit=25");
}
