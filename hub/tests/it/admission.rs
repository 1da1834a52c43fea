//! Who is let in, and which messages are taken.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::client::{Client, modern_body};
use crate::support::world::World;

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[tokio::test]
async fn a_valid_token_is_needed_and_never_repeated() {
    let world = World::new().await;
    let ann = world.user("ann").await;
    assert_eq!(ann.client.post(&[], PING).await.status(), StatusCode::OK);
    let stranger = Client::new(&world.url, None);
    let refused = stranger.post(&[], PING).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        refused.headers()["www-authenticate"],
        "Bearer realm=\"toolmill\""
    );
    let long = "x".repeat(5000);
    for shown in [
        "Bearer wrong-SECRET",
        "Bearer ",
        "Bearer",
        "Basic token-of-ann",
        "token-of-ann",
        &format!("Bearer {long}"),
    ] {
        let refused = stranger.post(&[("authorization", shown)], PING).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{shown}");
        let challenge = refused.headers()["www-authenticate"]
            .to_str()
            .expect("text");
        assert!(challenge.contains("error=\"invalid_token\""));
        assert!(!challenge.contains("SECRET"));
        assert!(!refused.text().await.expect("text").contains("SECRET"));
    }
    let twice = [
        ("authorization", "Bearer token-of-ann"),
        ("authorization", "Bearer token-of-ann"),
    ];
    let refused = stranger.post(&twice, PING).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::OPTIONS] {
        let refused = stranger.request(method).send().await.expect("an answer");
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn strange_hosts_and_pages_are_refused_before_all_else() {
    let world = World::with(|config| {
        config.allowed_origins = vec!["https://app.example".to_owned()];
    })
    .await;
    let ann = world.user("ann").await;
    for (name, value, status) in [
        ("host", "localhost", StatusCode::OK),
        ("host", "127.0.0.1:1", StatusCode::OK),
        ("host", "evil.example", StatusCode::FORBIDDEN),
        ("host", "evil.example:80", StatusCode::FORBIDDEN),
        ("origin", "http://localhost:6274", StatusCode::OK),
        ("origin", "https://app.example", StatusCode::OK),
        ("origin", "http://evil.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        ("origin", "file://", StatusCode::FORBIDDEN),
    ] {
        let answer = ann.client.post(&[(name, value)], PING).await;
        assert_eq!(answer.status(), status, "{name}: {value}");
        let stranger = Client::new(&world.url, None);
        let answer = stranger.post(&[(name, value)], PING).await;
        let expected = match status {
            StatusCode::OK => StatusCode::UNAUTHORIZED,
            status => status,
        };
        assert_eq!(answer.status(), expected, "{name}: {value}");
    }
}

#[tokio::test]
async fn only_post_and_the_older_get_are_offered() {
    let world = World::new().await;
    let ann = world.user("ann").await;
    let send = async |method: Method, version: Option<&str>, accept: &str| {
        let mut request = ann.client.http.request(method, &world.url);
        request = request.bearer_auth(&ann.token).header("accept", accept);
        if let Some(version) = version {
            request = request.header("mcp-protocol-version", version);
        }
        request.send().await.expect("an answer")
    };
    let modern = Some("2026-07-28");
    for method in [Method::GET, Method::DELETE, Method::PUT] {
        let answer = send(method, modern, "*/*").await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers()["allow"], "POST");
    }
    let answer = send(Method::DELETE, None, "*/*").await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.headers()["allow"], "GET, POST");
    let answer = send(Method::GET, None, "application/json").await;
    assert_eq!(answer.status(), StatusCode::NOT_ACCEPTABLE);
    let answer = send(Method::GET, Some("2025-06-18"), "text/event-stream").await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn bodies_are_json_of_at_most_4_mib() {
    let world = World::new().await;
    let ann = world.user("ann").await;
    let form = ann.client.http.post(&world.url).bearer_auth(&ann.token);
    let form = form.header("content-type", "text/plain").body(PING);
    let answer = form.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let sized = |size: usize| {
        let frame = r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":""}}"#;
        frame.replace(
            "\"x\":\"\"",
            &format!("\"x\":\"{}\"", "x".repeat(size - frame.len())),
        )
    };
    let most = 4 * 1024 * 1024;
    assert_eq!(
        ann.client.post(&[], sized(most)).await.status(),
        StatusCode::OK
    );
    assert_eq!(
        ann.client.post(&[], sized(most + 1)).await.status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn messages_that_could_be_read_in_two_ways_are_refused() {
    let world = World::new().await;
    let ann = world.user_with("ann", &Api::at("http://127.0.0.1:1")).await;
    for (body, code) in [
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        ("{", -32700),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"ping"}"#,
            -32700,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","Method":"ping"}"#,
            -32600,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","NAME":"b"}}"#,
            -32600,
        ),
        (r#"{"id":1,"method":"ping"}"#, -32600),
    ] {
        let answer = ann.client.post(&[], body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["error"]["code"], code, "{body}");
        assert!(answer["id"].is_null());
    }
}

#[tokio::test]
async fn what_needs_no_answer_is_accepted() {
    let world = World::new().await;
    let ann = world.user("ann").await;
    for body in [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
    ] {
        let answer = ann.client.post(&[], body).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        assert!(answer.text().await.expect("text").is_empty());
    }
}

#[tokio::test]
async fn each_era_has_its_methods() {
    let world = World::new().await;
    let ann = world.user("ann").await;
    for method in [
        "ping",
        "initialize",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
        "completion/complete",
        "logging/setLevel",
        "tasks/get",
    ] {
        let (status, answer) = ann.client.modern(method, json!({})).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{method}");
        assert_eq!(answer["error"]["code"], -32601);
        assert_eq!(answer["id"], 1);
        if !matches!(method, "ping" | "initialize") {
            let (status, answer) = ann.client.legacy(method, json!({})).await;
            assert_eq!(status, StatusCode::OK, "{method}");
            assert_eq!(answer["error"]["code"], -32601);
        }
    }
    let (status, answer) = ann.client.legacy("subscriptions/listen", json!({})).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (StatusCode::OK, &json!(-32601))
    );
    let (_, pong) = ann.client.legacy("ping", json!({})).await;
    assert_eq!(pong, json!({"jsonrpc": "2.0", "id": 1, "result": {}}));
    let (_, about) = ann.client.modern("server/discover", json!({})).await;
    let result = &about["result"];
    assert_eq!(
        result["supportedVersions"],
        json!([
            "2026-07-28",
            "2025-11-25",
            "2025-06-18",
            "2025-03-26",
            "2024-11-05"
        ])
    );
    assert_eq!(
        result["capabilities"],
        json!({"tools": {"listChanged": true}})
    );
    assert_eq!(result["resultType"], "complete");
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "toolmill"
    );
}

#[tokio::test]
async fn headers_and_body_must_agree() {
    let world = World::new().await;
    let ann = world.user_with("ann", &Api::at("http://127.0.0.1:1")).await;
    let call = |name: &str| {
        let params = json!({"name": name, "arguments": {}});
        modern_body("tools/call", params, json!(1))
    };
    let (version, method) = (
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/call"),
    );
    let name = ("mcp-name", "pets__mirror");
    let body = call("pets__mirror").to_string();
    let encoded = ("mcp-name", "=?base64?cGV0c19fbWlycm9y?=");
    for headers in [vec![version, method, name], vec![version, method, encoded]] {
        let answer = ann.client.post(&headers, &*body).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
    for headers in [
        vec![method, name],
        vec![("mcp-protocol-version", "2025-11-25"), method, name],
        vec![version, version, method, name],
        vec![version, name],
        vec![version, ("mcp-method", "tools/list"), name],
        vec![version, method],
        vec![version, method, ("mcp-name", "pets__fetch")],
        vec![version, method, name, name],
        vec![version, method, ("mcp-name", "=?base64?cGV0?=")],
    ] {
        let answer = ann.client.post(&headers, &*body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{headers:?}");
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["error"]["code"], -32020, "{headers:?}");
    }
}

#[tokio::test]
async fn versions_and_metadata_are_checked() {
    let world = World::new().await;
    let ann = world.user("ann").await;
    let discover = ("mcp-method", "server/discover");
    let mut unknown = modern_body("server/discover", json!({}), json!(1));
    unknown["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2099-01-01");
    let headers = [("mcp-protocol-version", "2099-01-01"), discover];
    let answer = ann.client.post(&headers, unknown.to_string()).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let answer: Value = answer.json().await.expect("JSON");
    assert_eq!(answer["error"]["code"], -32022);
    assert_eq!(answer["error"]["data"]["requested"], "2099-01-01");
    assert_eq!(answer["error"]["data"]["supported"][0], "2026-07-28");

    let bare = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let mut no_capabilities = modern_body("tools/list", json!({}), json!(1));
    let meta = no_capabilities["params"]["_meta"]
        .as_object_mut()
        .expect("an object");
    meta.remove("io.modelcontextprotocol/clientCapabilities");
    for (version, body, code) in [
        ("2026-07-28", bare.to_owned(), -32602),
        ("2026-07-28", no_capabilities.to_string(), -32602),
        ("2099-01-01", bare.to_owned(), -32022),
        ("1999-01-01", bare.to_owned(), -32022),
    ] {
        let headers = [
            ("mcp-protocol-version", version),
            ("mcp-method", "tools/list"),
        ];
        let answer = ann.client.post(&headers, &*body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{version} {body}");
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["error"]["code"], code, "{version} {body}");
    }
    let answer = ann.client.post(&[], bare).await;
    assert_eq!(answer.status(), StatusCode::OK);
}
