//! Real MCP clients, in both eras.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use rmcp::ClientHandler;
use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, Implementation, ProtocolVersion,
    ServerNotification, SubscriptionFilter,
};
use rmcp::service::{
    ClientLifecycleMode, ClientServiceExt, NotificationContext, RoleClient, RunningService,
};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::support::api::{Api, Tool};
use crate::support::client::modern_body;
use crate::support::upstream::{Upstream, header};
use crate::support::world::{Person, World};

fn modes() -> [ClientLifecycleMode; 2] {
    [
        ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        },
        ClientLifecycleMode::Initialize,
    ]
}

/// Hears that tools have changed.
#[derive(Clone, Default)]
struct Listener(Arc<Notify>);

impl ClientHandler for Listener {
    fn get_info(&self) -> ClientConfig {
        ClientConfig::new(
            ClientCapabilities::default(),
            Implementation::new("test", "1"),
        )
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.0.notify_one();
    }
}

async fn connect(
    world: &World,
    person: &Person,
    mode: ClientLifecycleMode,
    listener: Listener,
) -> RunningService<RoleClient, Listener> {
    let config =
        StreamableHttpClientTransportConfig::with_uri(&*world.url).auth_header(&person.token);
    let transport = StreamableHttpClientTransport::from_config(config);
    listener
        .serve_with_lifecycle(transport, mode)
        .await
        .expect("a session")
}

#[tokio::test]
async fn both_eras_list_and_call() {
    let upstream = Upstream::start().await;
    let world = World::new().await;
    let api = Api::at(&upstream.url("")).with_schemes(
        json!({"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}),
        json!([["key"]]),
    );
    let person = world.user_with("ann", &api).await;
    world.credential(&person, "key", "k-of-ann").await;
    for mode in modes() {
        let client = connect(&world, &person, mode, Listener::default()).await;
        let tools = client.list_all_tools().await.expect("a list");
        let names: Vec<_> = tools.iter().map(|tool| &*tool.name).collect();
        assert_eq!(
            names,
            [
                "pets__fetch",
                "pets__mirror",
                "pets__hang",
                "pets__raw",
                "pets__die"
            ]
        );
        let arguments = json!({"url": upstream.url("/pets?n=12345678901234567890")});
        let Value::Object(arguments) = arguments else {
            panic!("it is an object");
        };
        for name in ["pets__fetch", "pets.fetch"] {
            let call = CallToolRequestParams::new(name).with_arguments(arguments.clone());
            let result = client.call_tool(call).await.expect("a result");
            assert_eq!(result.is_error, Some(false));
            let answer = result.structured_content.expect("structured content");
            assert_eq!(answer["status"], 200);
            let request = upstream.last();
            assert!(request.starts_with("GET /pets?n=12345678901234567890 HTTP/1.1\r\n"));
            assert_eq!(header(&request, "x-api-key"), ["k-of-ann"]);
        }
        client.cancel().await.expect("an end");
    }
}

#[tokio::test]
async fn lists_come_in_pages() {
    let world = World::new().await;
    let mut api = Api::at("http://127.0.0.1:1");
    api.tools = (0..230).map(|n| Tool::named(&format!("tool{n}"))).collect();
    let person = world.user_with("ann", &api).await;
    for mode in modes() {
        let client = connect(&world, &person, mode, Listener::default()).await;
        let tools = client.list_all_tools().await.expect("a list");
        let names: Vec<_> = tools.iter().map(|tool| tool.name.to_string()).collect();
        let expected: Vec<_> = (0..230).map(|n| format!("pets__tool{n}")).collect();
        assert_eq!(names, expected);
    }
    let (_, first) = person.client.modern("tools/list", json!({})).await;
    let result = &first["result"];
    assert_eq!(result["tools"].as_array().map(Vec::len), Some(100));
    assert_eq!(result["cacheScope"], "private");
    assert!(result["ttlMs"].is_u64());
    let schema = &result["tools"][0]["inputSchema"];
    assert_eq!(
        schema["properties"]["n"]["const"].to_string(),
        "12345678901234567890"
    );
    let (_, legacy) = person.client.legacy("tools/list", json!({})).await;
    assert!(legacy["result"]["ttlMs"].is_null());
    let (_, forged) = person
        .client
        .modern("tools/list", json!({"cursor": "forged"}))
        .await;
    assert_eq!(forged["error"]["code"], -32602);
    assert!(!world.servers.is_running(), "listing wakes nothing");
}

#[tokio::test]
async fn a_modern_client_hears_of_changes() {
    let world = World::new().await;
    let (ann, bob) = (world.user("ann").await, world.user("bob").await);
    let [modern, _] = modes();
    let client = connect(&world, &ann, modern, Listener::default()).await;
    let filter = SubscriptionFilter::builder()
        .tools_list_changed()
        .prompts_list_changed()
        .build();
    let mut subscription = client.listen(filter).await.expect("a subscription");
    assert_eq!(subscription.acknowledged().tools_list_changed, Some(true));
    assert_eq!(subscription.acknowledged().prompts_list_changed, None);
    // What another user does is not told.
    let api = Api::at("http://127.0.0.1:1");
    world.mount(&bob, "pets", &api).await;
    world.mount(&ann, "pets", &api).await;
    let news = subscription.next().await.expect("news");
    assert!(matches!(
        news,
        Some(ServerNotification::ToolListChangedNotification(_))
    ));
    assert_eq!(client.list_all_tools().await.expect("a list").len(), 5);
    world.hub.shutdown().await;
    assert!(subscription.next().await.expect("an orderly end").is_none());
}

#[tokio::test]
async fn a_legacy_client_hears_of_changes() {
    let world = World::new().await;
    let ann = world.user("ann").await;
    let [_, legacy] = modes();
    let listener = Listener::default();
    let client = connect(&world, &ann, legacy, listener.clone()).await;
    // The client opens its stream some time after the handshake.
    loop {
        world.changes.changed(&ann.ctx);
        if timeout(Duration::from_millis(20), listener.0.notified())
            .await
            .is_ok()
        {
            break;
        }
    }
    client.cancel().await.expect("an end");
}

#[tokio::test]
async fn streams_are_of_one_user_and_end_with_the_hub() {
    let world = World::new().await;
    let (ann, bob) = (world.user("ann").await, world.user("bob").await);
    let open = async |person: &Person| {
        let stream = person
            .client
            .request(Method::GET)
            .send()
            .await
            .expect("a stream");
        assert_eq!(stream.status(), StatusCode::OK);
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        assert_eq!(stream.headers()["x-accel-buffering"], "no");
        stream
    };
    let (mut anns, mut bobs) = (open(&ann).await, open(&bob).await);
    world.changes.changed(&ann.ctx);
    let event = anns.chunk().await.expect("a stream").expect("an event");
    assert_eq!(
        event,
        "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n"
    );
    world.hub.shutdown().await;
    assert!(anns.chunk().await.expect("an orderly end").is_none());
    assert!(bobs.chunk().await.expect("an orderly end").is_none());
}

#[tokio::test]
async fn a_subscription_is_tied_to_its_request() {
    let world = World::new().await;
    let ann = world.user("ann").await;
    let headers = [
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "subscriptions/listen"),
    ];
    let params =
        json!({"notifications": {"toolsListChanged": true, "resourceSubscriptions": ["a:b"]}});
    let body = modern_body("subscriptions/listen", params, json!("sub-7"));
    let mut stream = ann.client.post(&headers, body.to_string()).await;
    let mut next = async || {
        let event = stream.chunk().await.expect("a stream")?;
        let event = String::from_utf8(event.to_vec()).expect("UTF-8");
        let data = event.strip_prefix("data: ").expect("an event");
        Some(serde_json::from_str::<Value>(data).expect("JSON"))
    };
    let acknowledged = next().await.expect("an acknowledgement");
    assert_eq!(
        acknowledged,
        json!({"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": {
            "_meta": {"io.modelcontextprotocol/subscriptionId": "sub-7"},
            "notifications": {"toolsListChanged": true},
        }})
    );
    world.changes.changed(&ann.ctx);
    let changed = next().await.expect("news");
    assert_eq!(changed["method"], "notifications/tools/list_changed");
    assert_eq!(
        changed["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"],
        "sub-7"
    );
    world.hub.end_streams();
    let farewell = next().await.expect("a result");
    assert_eq!(farewell["id"], "sub-7");
    assert_eq!(farewell["result"]["resultType"], "complete");
    assert!(next().await.is_none());
}
