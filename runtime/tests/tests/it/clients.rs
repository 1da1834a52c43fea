//! A client library of its own kind, in both eras of the protocol, over both sorts of sockets.

use rmcp::{
    model::{
        CallToolRequestParams, ClientCapabilities, ClientConfig, Implementation, ProtocolVersion,
    },
    service::{ClientLifecycleMode, ClientServiceExt as _},
    transport::{
        StreamableHttpClientTransport, UnixSocketHttpClient,
        streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::json;

use crate::support::{Recorder, Server};

fn modes() -> [ClientLifecycleMode; 2] {
    let modern = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    };
    [modern, ClientLifecycleMode::Initialize]
}

fn config() -> ClientConfig {
    ClientConfig::new(
        ClientCapabilities::default(),
        Implementation::new("test", "0"),
    )
}

#[tokio::test]
async fn both_eras_list_and_call_over_tcp() {
    // The client's TLS has no provider of its own; fails only where one is installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (api, base) = Recorder::tcp();
    api.answer(
        "200 OK",
        &["content-type: application/json"],
        r#"{"name":"Rex","born":2020}"#,
    );
    let server = Server::start(&base, &[], &[]);
    for mode in modes() {
        let transport = StreamableHttpClientTransport::from_uri(server.url.clone());
        let client = config()
            .serve_with_lifecycle(transport, mode)
            .await
            .expect("a session");
        let info = client.peer_info().expect("an answer");
        let info = info.server_info.as_ref().expect("an identity");
        assert_eq!(
            (info.name.as_str(), info.version.as_str()),
            ("fixture-mcp", "1.2.3")
        );
        let tools = client.list_all_tools().await.expect("a list");
        assert!(tools.iter().any(|tool| tool.name == "getPet"));
        let arguments = json!({"petId": 7}).as_object().cloned().expect("an object");
        let call = CallToolRequestParams::new("getPet").with_arguments(arguments);
        let result = client.call_tool(call).await.expect("a result");
        assert_eq!(
            result.structured_content,
            Some(json!({"name": "Rex", "born": 2020}))
        );
        assert_eq!(api.take_one().line, "GET /pet/7 HTTP/1.1");
        client.cancel().await.expect("an end");
    }
}

#[tokio::test]
async fn both_eras_list_over_a_unix_socket() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, socket) = crate::platform::start(folder.path(), "http://api.test");
    for mode in modes() {
        let uri = "http://localhost/mcp";
        let http = UnixSocketHttpClient::new(socket.to_str().expect("UTF-8"), uri);
        let transport = StreamableHttpClientTransport::with_client(
            http,
            StreamableHttpClientTransportConfig::with_uri(uri),
        );
        let client = config()
            .serve_with_lifecycle(transport, mode)
            .await
            .expect("a session");
        assert!(client.list_all_tools().await.expect("a list").len() > 20);
        client.cancel().await.expect("an end");
    }
    drop(server);
}
