//! Request bodies.

use serde_json::{Value, json};

use crate::support::served::{Api, Called};

const JSON: Option<&str> = Some("application/json");

async fn call(tool: &str, arguments: Value) -> Called {
    Api::of("bodies").await.call(tool, arguments).await
}

/// The call made this request, with a body of this type and text.
fn sends(called: &Called, asked: &str, content_type: &str, body: &str) {
    let request = called.sends(asked);
    assert_eq!(request.header("content-type"), Some(content_type));
    assert_eq!(request.text(), body);
}

#[tokio::test]
async fn trap_35_one_name_in_four_places_is_four_arguments() {
    let arguments = json!({ "id": "p", "query_id": "q", "header_id": "h", "body": { "id": "b" } });
    let called = call("sameName", arguments).await;
    let request = called.sends("POST /v1/same/p?id=q");
    assert_eq!(request.header("id"), Some("h"));
    assert_eq!(request.json(), json!({ "id": "b" }));
}

#[tokio::test]
async fn trap_36_all_of_is_one_merged_object() {
    let api = Api::of("bodies").await;
    let called = api.call("merged", json!({ "name": "Rex", "age": 3 })).await;
    sends(
        &called,
        "POST /v1/merged",
        "application/json",
        r#"{"name":"Rex","age":3}"#,
    );
    for incomplete in [json!({ "name": "Rex" }), json!({ "age": 3 })] {
        api.call("merged", incomplete).await.refused(&["required"]);
    }
}

#[tokio::test]
async fn trap_37_branches_stay_below_body_and_are_chosen_by_the_discriminator() {
    let api = Api::of("bodies").await;
    let schema = &api.tool("addPet")["inputSchema"];
    assert_eq!(schema["type"], "object");
    assert!(
        schema["oneOf"].is_null() && schema["anyOf"].is_null(),
        "{schema}"
    );
    let body = schema["properties"]["body"].to_string() + &schema["$defs"].to_string();
    for part in ["Cat", "Dog", "lives", "barks", "`cat` for Cat"] {
        assert!(body.contains(part), "`{part}` in {body}");
    }
    // Both branches admit it, which `oneOf` alone would refuse.
    let called = api
        .call("addPet", json!({ "body": { "kind": "dog" } }))
        .await;
    assert_eq!(
        called.sends("POST /v1/pets").json(),
        json!({ "kind": "dog" })
    );
    // Each branch keeps what it requires.
    let called = api
        .call("addPet", json!({ "body": { "barks": true } }))
        .await;
    called.refused(&["body"]);
}

#[tokio::test]
async fn trap_38_a_dictionary_keeps_all_its_keys() {
    let api = Api::of("bodies").await;
    let called = api
        .call("putDictionary", json!({ "body": { "b": 1, "a": 2 } }))
        .await;
    sends(
        &called,
        "PUT /v1/dictionary",
        "application/json",
        r#"{"b":1,"a":2}"#,
    );
    let called = api
        .call("putDictionary", json!({ "body": { "b": "one" } }))
        .await;
    called.refused(&["body"]);
}

#[tokio::test]
async fn trap_39_a_list_and_a_scalar_are_whole_bodies() {
    let api = Api::of("bodies").await;
    let called = api.call("putList", json!({ "body": [1, 2] })).await;
    sends(&called, "PUT /v1/list", "application/json", "[1,2]");
    let called = api.call("putScalar", json!({ "body": "x" })).await;
    sends(&called, "PUT /v1/scalar", "application/json", "\"x\"");
}

#[tokio::test]
async fn trap_40_text_is_raw_text() {
    let called = call("sendText", json!({ "body": "hello\nthere" })).await;
    sends(&called, "POST /v1/text", "text/plain", "hello\nthere");
}

#[tokio::test]
async fn trap_41_bytes_are_decoded() {
    let called = call("sendBytes", json!({ "body": "iVBORwD/" })).await;
    let request = called.sends("POST /v1/bytes");
    assert_eq!(
        request.header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(request.body, b"\x89PNG\x00\xff");
}

#[tokio::test]
async fn trap_42_a_file_part_has_bytes_a_name_and_a_type() {
    let file = "data:image/png;name=cat.png;base64,iVBORwD/";
    let called = call("upload", json!({ "photo": file })).await;
    let request = called.sends("POST /v1/upload");
    let boundary = "toolmill-boundary-00000001";
    let form = format!("multipart/form-data; boundary={boundary}");
    assert_eq!(request.header("content-type"), Some(form.as_str()));
    let mut expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"cat.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    expected.extend_from_slice(b"\x89PNG\x00\xff");
    expected.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    assert_eq!(
        String::from_utf8_lossy(&request.body),
        String::from_utf8_lossy(&expected)
    );
    assert_eq!(request.body, expected);
}

#[tokio::test]
async fn trap_43_an_object_part_is_json() {
    let arguments = json!({ "photo": "data:,x", "meta": { "a": "A" } });
    let called = call("upload", arguments).await;
    let text = called.sends("POST /v1/upload").text();
    let part = "name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\":\"A\"}\r\n";
    assert!(text.contains(part), "{text}");
}

#[tokio::test]
async fn trap_44_a_form_nests_as_its_encoding_says() {
    let called = call(
        "sendForm",
        json!({
            "name": "a b&c",
            "tags": ["x", "y"],
            "address": { "city": "Z" },
            "filter": { "k": "v" },
            "ids": [1, 2],
        }),
    )
    .await;
    let body =
        "name=a%20b%26c&tags=x&tags=y&address=%7B%22city%22%3A%22Z%22%7D&filter%5Bk%5D=v&ids=1,2";
    sends(
        &called,
        "POST /v1/form",
        "application/x-www-form-urlencoded",
        body,
    );
}

#[tokio::test]
async fn trap_45_plus_json_is_json_of_the_declared_type() {
    let called = call("putVendor", json!({ "a": 1 })).await;
    sends(
        &called,
        "PUT /v1/vendor",
        "application/vnd.acme.thing+json",
        r#"{"a":1}"#,
    );
}

#[tokio::test]
async fn trap_46_null_in_a_merge_patch_is_sent() {
    let api = Api::of("bodies").await;
    let patch = json!({ "a": null, "owner": { "name": null }, "b": "x" });
    let called = api.call("mergePatch", patch).await;
    let body = r#"{"a":null,"owner":{"name":null},"b":"x"}"#;
    let media_type = "application/merge-patch+json";
    sends(&called, "PATCH /v1/merge", media_type, body);
    // Control: null is no name elsewhere, neither left out nor sent.
    let called = api.call("merged", json!({ "name": null, "age": 3 })).await;
    called.refused(&["/name"]);
    let called = api.call("emptyObject", json!({ "a": null })).await;
    called.refused(&["/a"]);
}

#[tokio::test]
async fn trap_47_xml_is_xml_or_no_tool() {
    let api = Api::of("bodies").await;
    let called = api.call("sendXml", json!({ "text": "a<b" })).await;
    let request = called.sends("POST /v1/xml");
    assert_eq!(request.header("content-type"), Some("application/xml"));
    assert!(
        request.text().ends_with("<note><text>a&lt;b</text></note>"),
        "{}",
        request.text()
    );
    assert!(!api.names().contains(&"namelessXml"), "{:?}", api.names());
}

/// Some APIs want the file of a form last, and elements of XML have the order of their schema.
#[tokio::test]
async fn properties_have_the_callers_order_and_elements_the_schemas() {
    let api = Api::of("bodies").await;
    let arguments = json!({ "last": "z", "first": "a" });
    let called = api.call("orderedJson", arguments.clone()).await;
    let json = r#"{"last":"z","first":"a"}"#;
    sends(&called, "PATCH /v1/order", "application/json", json);
    let called = api.call("orderedParts", arguments.clone()).await;
    let request = called.sends("PUT /v1/order");
    let place = |name: &str| request.text().find(&format!("name=\"{name}\""));
    assert!(place("last") < place("first"), "{}", request.text());
    let called = api.call("orderedXml", arguments).await;
    let request = called.sends("POST /v1/order");
    let xml = "<pair><first>a</first><last>z</last></pair>";
    assert!(request.text().ends_with(xml), "{}", request.text());
}

#[tokio::test]
async fn trap_48_of_several_media_types_json_or_the_callers() {
    let api = Api::of("bodies").await;
    let called = api.call("preferJson", json!({ "text": "a" })).await;
    sends(
        &called,
        "POST /v1/several",
        "application/json",
        r#"{"text":"a"}"#,
    );
    let called = api.call("chooseText", json!({ "body": "# a" })).await;
    sends(&called, "PUT /v1/several", "text/plain", "# a");
    let chosen = json!({ "body": "# a", "contentType": "text/markdown" });
    let called = api.call("chooseText", chosen).await;
    sends(&called, "PUT /v1/several", "text/markdown", "# a");
}

#[tokio::test]
async fn trap_49_no_arguments_are_no_body_an_empty_object_or_an_error() {
    let api = Api::of("bodies").await;
    let called = api.call("optionalBody", json!({})).await;
    let request = called.sends("POST /v1/optional");
    assert_eq!((request.header("content-type"), request.text()), (None, ""));
    let called = api.call("emptyObject", json!({})).await;
    let request = called.sends("POST /v1/empty");
    assert_eq!(
        (request.header("content-type"), request.text()),
        (JSON, "{}")
    );
    api.call("neededProperty", json!({}))
        .await
        .refused(&["\"a\""]);
}

#[tokio::test]
async fn trap_50_read_only_is_no_input_and_write_only_no_output() {
    let api = Api::of("bodies").await;
    let account = api.tool("addAccount");
    let input = &account["inputSchema"];
    let names: Vec<_> = input["properties"]
        .as_object()
        .expect("properties")
        .keys()
        .collect();
    assert_eq!(names, ["name", "password"]);
    assert_eq!(input["required"], json!(["name", "password"]));
    let output = &account["outputSchema"]["properties"];
    assert!(
        output["password"].is_null() && !output["id"].is_null(),
        "{output}"
    );
    let called = api
        .call("addAccount", json!({ "name": "n", "password": "p" }))
        .await;
    assert_eq!(
        called.request().json(),
        json!({ "name": "n", "password": "p" })
    );
}

#[tokio::test]
async fn trap_51_a_recursive_schema_stays_typed() {
    let api = Api::of("bodies").await;
    let schema = &api.tool("addTree")["inputSchema"];
    assert!(schema["$defs"].is_object(), "{schema}");
    let tree = json!({ "name": "a", "children": [{ "name": "b", "children": [] }] });
    let called = api.call("addTree", tree.clone()).await;
    assert_eq!(called.sends("POST /v1/trees").json(), tree);
    let untyped =
        json!({ "name": "a", "children": [{ "name": "b", "children": [{ "name": 7 }] }] });
    api.call("addTree", untyped)
        .await
        .refused(&["children", "string"]);
}
