//! Arguments against the tool's own schema.

use serde_json::json;

use crate::support::{Recorder, Server, error};

#[test]
fn a_fault_names_the_argument_and_what_was_expected() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for (tool, arguments, told) in [
        ("addPet", json!({}), vec!["\"name\"", "required"]),
        ("addPet", json!({"name": 1}), vec!["`/name`", "string"]),
        ("addPet", json!({"name": ""}), vec!["`/name`", "1"]),
        ("addPet", json!({"name": "Rex", "nmae": 1}), vec!["nmae"]),
        (
            "addPet",
            json!({"name": 1, "tag": 2}),
            vec!["`/name`", "`/tag`"],
        ),
        (
            "patchPet",
            json!({"petId": 1, "body": {"friend": {"name": 1}}}),
            vec!["`/body/friend/name`"],
        ),
        (
            "patchPet",
            json!({"petId": 1.5}),
            vec!["`/petId`", "integer"],
        ),
    ] {
        let result = server.call(tool, arguments.clone());
        let text = error(&result);
        for word in told {
            assert!(text.contains(word), "{arguments}: {text}");
        }
    }
    assert!(api.take().is_empty());
}

#[test]
fn what_can_not_be_compiled_is_not_enforced_and_the_rest_is() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let odd = json!({"petId": 3, "behind": "b", "deep": {"y": 1}, "gone": 1, "big": "a"});
    let result = server.call("oddSchema", odd);
    assert_ne!(result["isError"], true, "{result}");
    api.take_one();
    for odd in [
        json!({}),
        json!({"petId": 0}),
        json!({"petId": 1, "deep": {"n": "x"}}),
        json!({"petId": 1, "behind": 1}),
    ] {
        error(&server.call("oddSchema", odd));
    }
    assert!(api.take().is_empty());
}

#[test]
fn alternatives_that_can_not_be_told_apart_are_both_allowed() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for (name, value) in [
        ("ahead", json!("http://a.test")),
        ("format", json!("2024-01-01")),
        ("format", json!(3)),
        ("deep", json!({"a": "x"})),
        ("mixed", json!("a")),
        ("never", json!("y")),
        ("sure", json!(0)),
    ] {
        let result = server.call("alternatives", json!({"petId": 1, name: value}));
        assert_ne!(result["isError"], true, "{name}: {result}");
        api.take_one();
    }
    // What is enforced still is: no alternative matches, or two do for certain.
    for (name, value) in [
        ("ahead", json!(1)),
        ("format", json!(1.5)),
        ("deep", json!({})),
        ("deep", json!({"b": "x"})),
        ("mixed", json!("ab")),
        ("sure", json!(3)),
    ] {
        let result = server.call("alternatives", json!({"petId": 1, name: value}));
        assert!(error(&result).contains(&format!("`/{name}`")), "{result}");
    }
    assert!(api.take().is_empty());
}

#[test]
fn an_unknown_tool_is_a_protocol_error() {
    let (_, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    let answer = server.request("tools/call", json!({"name": "nope"}));
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}

#[test]
fn parameters_that_cannot_be_read_are_told_from_unknown_methods() {
    let (_, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for (method, params, code) in [
        ("tools/call", json!({"name": 5}), -32602),
        (
            "tools/call",
            json!({"name": "getPet", "arguments": []}),
            -32602,
        ),
        ("tools/nope", json!({"name": "getPet"}), -32601),
    ] {
        let answer = server.request(method, params);
        assert_eq!(answer["error"]["code"], code, "{answer}");
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(&format!("`{method}`")), "{answer}");
    }
}

#[test]
fn strict_arguments_become_what_they_stand_for() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base, &[], &[]);
    for (arguments, sent) in [
        (
            json!({"name": "Rex", "tag": null, "more": null}),
            json!({"name": "Rex"}),
        ),
        (
            json!({"name": "Rex", "tag": "a", "more": "{\"b\":null}"}),
            json!({"name": "Rex", "tag": "a", "more": {"b": null}}),
        ),
        // In their full form they are good as well.
        (
            json!({"name": "Rex", "more": {"c": 1}}),
            json!({"name": "Rex", "more": {"c": 1}}),
        ),
    ] {
        let result = server.call("strictPet", arguments);
        assert_ne!(result["isError"], true, "{result}");
        assert_eq!(api.take_one().json(), sent);
    }
    // The rules that the published schema can't say hold all the same.
    for (arguments, place) in [
        (json!({"name": "R", "tag": null, "more": null}), "/name"),
        (json!({"name": "Rex", "tag": "long", "more": null}), "/tag"),
        (json!({"name": "Rex", "tag": null, "more": "[]"}), "/more"),
        (json!({"name": null, "tag": null, "more": null}), "/name"),
        // And a text says nothing twice, as a message does not.
        (
            json!({"name": "Rex", "tag": null, "more": "{\"b\":1,\"b\":2}"}),
            "`/more` can not be read",
        ),
        (
            json!({"name": "Rex", "tag": null, "more": "{\"$serde_json::private::RawValue\":\"1\"}"}),
            "`/more` can not be read",
        ),
    ] {
        let text = error(&server.call("strictPet", arguments)).to_owned();
        assert!(text.contains(place), "{text}");
    }
    assert!(api.take().is_empty());
}
