//! What a client sees of an answer. Every success is also held against the tool's
//! published `outputSchema`, as clients do.

use serde_json::{Value, json};

use crate::support::python;
use crate::support::recorder::Upstream;
use crate::support::served::Api;

const JSON: &str = "Content-Type: application/json";

#[tokio::test]
async fn trap_52_a_refusal_is_an_error_with_status_and_body() {
    let api = Api::of("results").await;
    let problem = "Content-Type: application/problem+json";
    let body = r#"{"title":"No such pet"}"#;
    for status in [
        "404 Not Found",
        "422 Unprocessable Content",
        "500 Internal Server Error",
    ] {
        let called = api.answered("getPet", status, &[problem], body).await;
        let code = status.split(' ').next().expect("a code");
        called.fails(&[code, body]);
        assert_eq!(called.result["_meta"]["toolmill/status"].to_string(), code);
    }
}

#[tokio::test]
async fn trap_53_wrong_arguments_are_an_error() {
    let api = Api::of("results").await;
    let called = api.call("getPet", json!({ "limit": "ten" })).await;
    called.refused(&["limit", "integer"]);
    let called = api.call("getPet", json!({ "size": 10 })).await;
    called.refused(&["size"]);
    api.call("getPet", json!({ "limit": 10 }))
        .await
        .sends("GET /v1/pet?limit=10");
}

#[tokio::test]
async fn trap_54_text_where_json_was_promised_is_a_success() {
    let api = Api::of("results").await;
    for tool in ["getPet", "getCard"] {
        let called = api
            .answered(tool, "200 OK", &["Content-Type: text/plain"], "Rex")
            .await;
        called.value();
        assert_eq!(called.text(), "Rex", "{tool}");
    }
    python_takes(&api, "text/plain", "Rex").await;
}

#[tokio::test]
async fn trap_55_an_answer_that_drifted_is_a_success_with_a_warning() {
    let api = Api::of("results").await;
    let drifted = r#"{"id":"seven","extra":[1]}"#;
    for tool in ["getPet", "addPet"] {
        let called = api.answered(tool, "200 OK", &[JSON], drifted).await;
        assert_eq!(called.value(), &json!({ "id": "seven", "extra": [1] }));
        let warnings = called.result["_meta"]["toolmill/warnings"].to_string();
        assert!(
            warnings.contains("`/id` is documented as integer"),
            "{warnings}"
        );
    }
    let called = api
        .answered("listPets", "200 OK", &[JSON], r#"[{"id":7}]"#)
        .await;
    let warnings = called.result["_meta"]["toolmill/warnings"].to_string();
    assert!(warnings.contains("lacks `name`"), "{warnings}");
    let called = api
        .answered("getPet", "200 OK", &[JSON], r#"{"id":7,"name":"Rex"}"#)
        .await;
    assert!(
        called.result["_meta"]["toolmill/warnings"].is_null(),
        "{}",
        called.result
    );
    python_takes(&api, "application/json", drifted).await;
}

/// Python's client refuses structured content that its schema does not admit.
async fn python_takes(api: &Api, media_type: &str, body: &str) {
    let Some(interpreter) = python::interpreter("2.3.0") else {
        return;
    };
    let content_type = format!("Content-Type: {media_type}");
    api.upstream.answers("200 OK", &[&content_type], body);
    let calls = json!([["getPet", {}]]).to_string();
    let url = api.server.url.clone();
    let said = tokio::task::spawn_blocking(move || {
        python::client(&interpreter, "mcp2.py", &[&url, "unused", &calls])
    });
    let said = said.await.expect("the client ends");
    assert_eq!(said["results"][0]["error"], false, "{said}");
}

#[tokio::test]
async fn trap_56_lists_and_scalars_stand_below_result() {
    let api = Api::of("results").await;
    for tool in &api.tools {
        let schema = &tool["outputSchema"];
        assert!(schema.is_null() || schema["type"] == "object", "{tool}");
    }
    let pets = r#"[{"id":1,"name":"Rex"}]"#;
    let called = api.answered("listPets", "200 OK", &[JSON], pets).await;
    assert_eq!(
        called.value(),
        &json!({ "result": [{ "id": 1, "name": "Rex" }] })
    );
    let called = api.answered("countPets", "200 OK", &[JSON], "7").await;
    assert_eq!(called.value(), &json!({ "result": 7 }));
}

#[tokio::test]
async fn trap_57_no_content_is_a_success_that_says_so() {
    let api = Api::of("results").await;
    for status in ["204 No Content", "200 OK"] {
        let called = api.answered("deletePet", status, &[], "").await;
        called.value();
        assert!(!called.text().trim().is_empty(), "{}", called.result);
    }
}

#[tokio::test]
async fn trap_58_bytes_are_images_or_embedded_resources() {
    let api = Api::of("results").await;
    let bytes = b"\x89PNG\x00\xff";
    let called = api
        .answered("getPhoto", "200 OK", &["Content-Type: image/png"], bytes)
        .await;
    called.value();
    let image = json!({ "type": "image", "data": "iVBORwD/", "mimeType": "image/png" });
    assert_eq!(called.result["content"][0], image);
    let called = api
        .answered(
            "getPhoto",
            "200 OK",
            &["Content-Type: application/zip"],
            bytes,
        )
        .await;
    let resource = &called.result["content"][0]["resource"];
    assert_eq!(resource["blob"], "iVBORwD/");
    assert_eq!(resource["mimeType"], "application/zip");
}

#[tokio::test]
async fn trap_59_a_large_answer_is_bounded_valid_and_goes_on() {
    let api = Api::of("results").await;
    let pet = |id: usize| json!({ "id": id, "name": "x".repeat(100) });
    let pets: Vec<Value> = (0..6_000).map(pet).collect();
    let body = Value::from(pets.clone()).to_string();
    api.upstream.answers("200 OK", &[JSON], &body);
    let mut read = Vec::new();
    let mut arguments = json!({});
    loop {
        let called = api.call("listPets", arguments).await;
        let size = called.result.to_string().len();
        assert!(size < 600 * 1024, "{size} bytes are shown");
        let shown = called.value()["result"].as_array().expect("a list").clone();
        assert!(!shown.is_empty(), "it goes on");
        read.extend(shown);
        let truncated = &called.result["_meta"]["toolmill/truncated"];
        if truncated.is_null() {
            break;
        }
        arguments = truncated["cuts"][0]["rest"].clone();
        assert!(
            called.result["content"][1]["text"]
                .to_string()
                .contains("_from")
        );
    }
    assert!(read == pets, "{} of {} pets", read.len(), pets.len());
}

#[tokio::test]
async fn trap_60_the_next_page_is_told_and_cookies_are_not() {
    let api = Api::of("results").await;
    let link = "Link: </v1/pets?page=2>; rel=\"next\"";
    let headers = [JSON, link, "Set-Cookie: session=s3cret"];
    let called = api.answered("listPets", "200 OK", &headers, "[]").await;
    let next = &called.result["_meta"]["toolmill/next"];
    assert_eq!(next, &json!({ "_next": "page=2" }), "{}", called.result);
    assert!(
        !called.result.to_string().contains("s3cret"),
        "{}",
        called.result
    );
    let called = api.call("listPets", next.clone()).await;
    called.sends("GET /v1/pets?page=2");
}

#[tokio::test]
async fn trap_61_redirects_stay_on_the_origin_and_with_safe_methods() {
    let api = Api::of("results").await;
    let other = Upstream::start().await;
    let elsewhere = format!("Location: {}/v1/pets", other.origin);
    let called = api.answered("getPet", "302 Found", &[&elsewhere], "").await;
    called.fails(&["302"]);
    assert_eq!(other.connections(), 0);
    for status in ["302 Found", "303 See Other", "307 Temporary Redirect"] {
        let called = api
            .answered("addPet", status, &["Location: /v1/pets"], "")
            .await;
        called.fails(&[&status[..3]]);
        assert_eq!(called.requests.len(), 1, "{:?}", called.requests);
    }
    // Control: a safe request within the API follows.
    let called = api
        .answered("getPet", "302 Found", &["Location: /v1/pets"], "")
        .await;
    let asked: Vec<_> = called
        .requests
        .iter()
        .map(|request| request.asked())
        .collect();
    assert_eq!(asked, ["GET /v1/pet", "GET /v1/pets"]);
}
