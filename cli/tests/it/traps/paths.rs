//! Path parameters, and where the path goes.

use serde_json::json;

use crate::support::Home;
use crate::support::recorder::Upstream;
use crate::support::served::{Api, Start, specification};

#[tokio::test]
async fn trap_01_a_path_value_is_one_encoded_segment() {
    let api = Api::of("paths").await;
    let called = api.call("getFile", json!({ "name": "a/b?c#d%e" })).await;
    called.sends("GET /v1/files/a%2Fb%3Fc%23d%25e/content");
}

#[tokio::test]
async fn trap_02_dot_segments_are_refused_in_any_encoding() {
    let api = Api::of("paths").await;
    for name in [
        ".",
        "..",
        "../admin",
        "a/../admin",
        "..%2Fadmin",
        "%2e%2e",
        "%252e%252E%252fadmin",
        "..\\admin",
    ] {
        let called = api.call("getFile", json!({ "name": name })).await;
        called.refused(&["`name`", "segment"]);
    }
    let called = api.call("getFile", json!({ "name": "a..b" })).await;
    called.sends("GET /v1/files/a..b/content");
}

#[tokio::test]
async fn trap_03_an_empty_path_value_is_refused() {
    let api = Api::of("paths").await;
    let called = api.call("deleteItem", json!({ "id": "" })).await;
    called.refused(&["`id`"]);
    let called = api.call("deleteItem", json!({ "id": "7" })).await;
    called.sends("DELETE /v1/items/7");
}

#[tokio::test]
async fn trap_04_a_list_in_a_path_has_raw_commas() {
    let api = Api::of("paths").await;
    let called = api.call("simpleList", json!({ "v": ["x", "y"] })).await;
    called.sends("GET /v1/simple/x,y");
}

#[tokio::test]
async fn trap_4b_a_list_in_a_path_is_no_json_text() {
    let api = Api::of("paths").await;
    let called = api
        .call("simpleList", json!({ "v": ["a\"b", "c,d"] }))
        .await;
    called.sends("GET /v1/simple/a%22b,c%2Cd");
}

#[tokio::test]
async fn trap_05_matrix_repeats_its_name() {
    let api = Api::of("paths").await;
    let called = api.call("matrixExploded", json!({ "v": ["x", "y"] })).await;
    called.sends("GET /v1/matrix/;v=x;v=y");
}

#[tokio::test]
async fn trap_06_label_follows_the_version_of_openapi() {
    let api = Api::of("paths").await;
    let called = api.call("labelExploded", json!({ "v": ["x", "y"] })).await;
    called.sends("GET /v1/label/.x.y");
    // RFC 6570, where older versions of OpenAPI had dots here too.
    let called = api.call("labelJoined", json!({ "v": ["x", "y"] })).await;
    called.sends("GET /v1/label/joined/.x,y");
}

#[tokio::test]
async fn trap_07_an_object_in_a_path_explodes_to_pairs() {
    let api = Api::of("paths").await;
    let value = json!({ "v": { "a": "A", "b": 2 } });
    let called = api.call("objectExploded", value).await;
    called.sends("GET /v1/object/a=A,b=2");
}

#[tokio::test]
async fn trap_08_a_placeholder_in_a_value_is_not_filled() {
    let api = Api::of("paths").await;
    let values = json!({ "first": "{second}", "second": "{first}" });
    let called = api.call("twoPlaceholders", values).await;
    called.sends("GET /v1/two/%7Bsecond%7D/%7Bfirst%7D");
}

#[tokio::test]
async fn trap_09_the_base_path_is_kept() {
    for base in ["/base/v2", "/base/v2/"] {
        let start = Start::of(specification("paths")).base_path(Some(base));
        let api = start.start().await;
        let called = api.call("deleteItem", json!({ "id": "7" })).await;
        called.sends("DELETE /base/v2/items/7");
    }
}

/// A specification whose servers are the recorders at these origins.
fn served(document: &str, path: &str, operation: &str) -> String {
    format!(
        "openapi: 3.0.3
info: {{ title: Servers, version: '1' }}
servers: [{{ url: '{document}/document' }}]
paths:
  /one:
    servers: [{{ url: '{path}/path' }}]
    get:
      operationId: own
      servers: [{{ url: '{operation}/operation' }}, {{ url: '{document}/second' }}]
      responses: {{}}
    post: {{ operationId: paths, responses: {{}} }}
  /two:
    get: {{ operationId: documents, responses: {{}} }}
"
    )
}

#[tokio::test]
async fn trap_10_the_nearest_servers_count() {
    let home = Home::new();
    let spec = home.path().join("servers.yaml");
    let servers = [
        Upstream::start().await,
        Upstream::start().await,
        Upstream::start().await,
    ];
    let [document, path, operation] = &servers;
    let text = served(&document.origin, &path.origin, &operation.origin);
    std::fs::write(&spec, text).expect("written");
    let api = Start::of(&spec).base_path(None).start().await;
    for (tool, server, asked) in [
        ("own", operation, "GET /operation/one"),
        ("paths", path, "POST /path/one"),
        ("documents", document, "GET /document/two"),
    ] {
        assert_ne!(api.call(tool, json!({})).await.result["isError"], true);
        let requests = server.take();
        assert_eq!(requests.len(), 1, "{tool}: {requests:?}");
        assert_eq!(requests[0].asked(), asked, "{tool}");
        assert!(servers.iter().all(|server| server.take().is_empty()));
    }
}

#[tokio::test]
async fn trap_11_server_variables_have_defaults_and_can_be_overridden() {
    let home = Home::new();
    let spec = home.path().join("variables.yaml");
    let upstream = Upstream::start().await;
    let (scheme, authority) = upstream.origin.split_once("://").expect("a URL");
    let text = format!(
        "openapi: 3.0.3
info: {{ title: Variables, version: '1' }}
servers:
  - url: '{scheme}://{{authority}}/{{region}}/{{version}}'
    variables:
      authority: {{ default: '{authority}' }}
      region: {{ default: eu, enum: [us, eu] }}
      version: {{ enum: [v2, v3] }}
paths:
  /one: {{ get: {{ operationId: one, responses: {{}} }} }}
"
    );
    std::fs::write(&spec, text).expect("written");
    let api = Start::of(&spec).base_path(None).start().await;
    api.call("one", json!({})).await;
    assert_eq!(upstream.take()[0].asked(), "GET /eu/v2/one");
    // Whoever runs the server chooses other values with the base URL.
    let api = Start::of(&spec).base_path(Some("/us/v3")).start().await;
    api.call("one", json!({})).await.sends("GET /us/v3/one");
    assert!(upstream.take().is_empty());
}

#[tokio::test]
async fn trap_12_a_colon_in_a_path_begins_no_scheme() {
    let start = Start::of(specification("paths")).base_path(Some(""));
    let api = start.start().await;
    api.call("cancelJob", json!({}))
        .await
        .sends("POST /job:cancel");
    let called = api.call("runScheme", json!({ "scheme": "https" })).await;
    called.sends("POST /https:run");
}
