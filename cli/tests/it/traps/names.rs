//! Which operations are tools, and what they and their arguments are called.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::Home;
use crate::support::served::{Api, Start, specification};

#[tokio::test]
async fn trap_65_equal_operation_ids_give_different_tools() {
    let api = Api::of("names").await;
    let twice: Vec<_> = api
        .names()
        .into_iter()
        .filter(|name| name.starts_with("dup"))
        .collect();
    let [first, second] = twice.as_slice() else {
        panic!("{twice:?}");
    };
    assert_ne!(first, second);
    api.call(first, json!({})).await.sends("GET /v1/twice/a");
    api.call(second, json!({})).await.sends("GET /v1/twice/b");
}

#[tokio::test]
async fn trap_66_the_cap_holds_with_suffix_and_prefix() {
    let api = Api::of("names").await;
    let names = api.names();
    let different: BTreeSet<_> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(different.len(), names.len(), "{names:?}");
    for name in &names {
        // `slug__` has at most 18 characters, and clients accept 64.
        let accepted = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        assert!(
            (1..=46).contains(&name.len()) && name.bytes().all(accepted),
            "{name}"
        );
    }
    let long = names
        .iter()
        .filter(|name| name.starts_with("listAllTheThings"));
    assert_eq!(long.count(), 2, "{names:?}");
}

#[tokio::test]
async fn trap_67_names_are_plain_and_stay_when_an_operation_is_added() {
    let api = Api::of("names").await;
    let odd = api
        .names()
        .into_iter()
        .find(|name| name.starts_with("Weird"));
    let odd = odd.expect("a tool").to_owned();
    api.call(&odd, json!({})).await.sends("GET /v1/odd");
    let text = std::fs::read_to_string(specification("names")).expect("readable");
    let more = "paths:\n  /added: { get: { operationId: added, responses: {} } }\n";
    let home = Home::new();
    let spec = home.path().join("more.yaml");
    std::fs::write(&spec, text.replacen("paths:\n", more, 1)).expect("written");
    let grown = Start::of(spec).start().await;
    let mut names = grown.names();
    names.retain(|name| *name != "added");
    assert_eq!(names, api.names());
    assert_eq!(grown.names().len(), names.len() + 1);
}

#[tokio::test]
async fn trap_68_parameters_of_the_path_merge_and_the_operations_count() {
    let api = Api::of("names").await;
    let properties = api
        .properties("sharedParameters")
        .as_object()
        .expect("properties");
    let names: BTreeSet<_> = properties.keys().map(|name| name.to_lowercase()).collect();
    assert_eq!(names, ["id", "limit", "x-trace"].map(str::to_owned).into());
    assert_eq!(properties["limit"]["type"], "integer");
    assert_eq!(properties["limit"]["description"], "Of the operation.");
    let trace = properties
        .keys()
        .find(|name| name.eq_ignore_ascii_case("x-trace"));
    let arguments = json!({ "id": "7", "limit": 5, trace.expect("a header"): "t" });
    let called = api.call("sharedParameters", arguments).await;
    let request = called.sends("GET /v1/shared/7?limit=5");
    assert_eq!(request.header("x-trace"), Some("t"));
}

#[tokio::test]
async fn trap_69_what_may_be_null_admits_null_beside_its_values() {
    let api = Api::of("queries").await;
    for (state, taken) in [
        (json!(null), true),
        (json!("open"), true),
        (json!("lost"), false),
    ] {
        let called = api.call("setState", json!({ "state": state })).await;
        if taken {
            assert_eq!(
                called.sends("PATCH /v1/nullable").json(),
                json!({ "state": state })
            );
        } else {
            called.refused(&["state", "closed"]);
        }
    }
}

#[tokio::test]
async fn trap_70_only_requests_that_a_caller_means_are_tools() {
    let api = Api::of("names").await;
    let names = api.names();
    for name in [
        "methodHead",
        "methodOptions",
        "methodTrace",
        "callbackDone",
        "webhookChanged",
    ] {
        assert!(!names.contains(&name), "{name}");
    }
    for name in ["methodGet", "withCallback"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    // What is deprecated still works, and says that it is.
    let description = api.tool("oldPut")["description"].as_str().expect("text");
    assert!(description.starts_with("Deprecated."), "{description}");
}

#[tokio::test]
async fn trap_71_one_unusable_operation_costs_no_other() {
    let api = Api::of("names").await;
    let names = api.names();
    assert!(!names.contains(&"unsupportedBody"), "{names:?}");
    let unnamed = api.tools.iter().find(|tool| {
        let arguments = tool["inputSchema"]["properties"].as_object();
        arguments.is_some_and(|arguments| arguments.contains_key("f"))
    });
    let name = unnamed.expect("a tool")["name"].as_str().expect("a name");
    let called = api.call(name, json!({ "c": "1", "f": { "a": 1 } })).await;
    let request = called.sends("GET /v1/unnamed?f=%7B%22a%22%3A1%7D");
    assert_eq!(request.header("cookie"), Some("c=1"));
}
