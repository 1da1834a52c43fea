//! Two users on one API: each sees the own, and only the own.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::clients::{Client, Era};
use crate::support::{Home, Instance, PETSTORE, needs};

const CALLS: usize = 200;

#[tokio::test]
async fn answers_belong_to_their_callers_on_processes() {
    answers_belong_to_their_callers("process").await;
}

#[tokio::test]
async fn answers_belong_to_their_callers_on_docker() {
    if needs::docker() {
        answers_belong_to_their_callers("docker").await;
    }
}

async fn answers_belong_to_their_callers(engine: &str) {
    let home = Home::new();
    let instance = Instance::up(&home, &[PETSTORE, "--engine", engine]);
    let guest = home.json(&["user", "add", "guest"]);
    let guest = guest["token"].as_str().expect("a token");

    let theirs = Client::connect(instance.mcp_url(), guest, Era::Modern).await;
    assert!(
        theirs.tool_names().await.is_empty(),
        "nothing is shared yet"
    );
    home.json(&["share", "petstore", "--with", "guest"]);
    // A new connection, as a client may keep a list for as long as it was told.
    let theirs = Client::connect(instance.mcp_url(), guest, Era::Modern).await;
    assert_eq!(theirs.tool_names().await.len(), instance.ready["tools"]);
    let refused = theirs
        .error("petstore__getPetById", json!({ "petId": 1 }))
        .await;
    assert!(
        refused.contains("api_key"),
        "the owner's key is not lent: {refused}"
    );

    put_credential(&instance, guest, "api_key", "guest-key").await;
    let (mine, guests) = tokio::join!(
        many(instance.mcp_url(), instance.token()),
        many(instance.mcp_url(), guest),
    );
    assert_eq!(mine, HashSet::from(["demo".to_owned()]));
    assert_eq!(guests, HashSet::from(["guest".to_owned()]));
}

/// Calls with the JSON-RPC ids 1 to 200, all at once; the owners in the answers.
async fn many(url: &str, token: &str) -> HashSet<String> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let calls = (1..=CALLS).map(|id| call(&http, url, token, id));
    let answers = futures_util::future::join_all(calls).await;
    for (index, answer) in answers.iter().enumerate() {
        assert_eq!(answer["id"], index + 1, "{answer}");
        let pet = &answer["result"]["structuredContent"];
        assert_eq!(
            pet["id"],
            index % 6 + 1,
            "the answer to this very question: {answer}"
        );
    }
    let owner = |answer: &Value| {
        answer["result"]["structuredContent"]["owner"]
            .as_str()
            .map(str::to_owned)
    };
    answers.iter().filter_map(owner).collect()
}

async fn call(http: &reqwest::Client, url: &str, token: &str, id: usize) -> Value {
    let name = "petstore__getPetById";
    let body = json!({
        "jsonrpc": "2.0",
        "id": id,
        "method": "tools/call",
        "params": {
            "name": name,
            "arguments": { "petId": (id - 1) % 6 + 1 },
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    });
    let request = http
        .post(url)
        .bearer_auth(token)
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", name)
        .json(&body);
    let response = request.send().await.expect("an answer");
    response.json().await.expect("JSON")
}

async fn put_credential(instance: &Instance, token: &str, scheme: &str, value: &'static str) {
    let base = instance.mcp_url().trim_end_matches("/mcp");
    let url = format!("{base}/api/v1/apis/petstore/credentials/{scheme}");
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let answer = http
        .put(url)
        .bearer_auth(token)
        .body(value)
        .send()
        .await
        .expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
}

#[tokio::test]
async fn what_is_not_shared_is_not_there() {
    let home = Home::new();
    let instance = Instance::up(&home, &[PETSTORE, "--engine", "process"]);
    let guest = home.json(&["user", "add", "guest"]);
    let guest = guest["token"].as_str().expect("a token");
    let base = instance.mcp_url().trim_end_matches("/mcp");
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let routes = ["", "/tools", "/status", "/logs", "/credentials", "/events"];
    for route in routes {
        let url = format!("{base}/api/v1/apis/petstore{route}");
        let get = async |token: &str| {
            let request = http.get(&url).bearer_auth(token);
            request.send().await.expect("an answer").status().as_u16()
        };
        assert_eq!(
            get(instance.token()).await,
            200,
            "control: the owner sees {url}"
        );
        assert_eq!(get(guest).await, 404, "{url}");
        assert_eq!(get("no-such-token").await, 401, "{url}");
    }
    let client = Client::connect(instance.mcp_url(), guest, Era::Modern).await;
    assert!(client.tool_names().await.is_empty());
}
