//! rmcp's client, in either era of the protocol.

use rmcp::RoleClient;
use rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, Implementation,
    ProtocolVersion,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::Value;

#[derive(Clone, Copy, Debug)]
pub enum Era {
    /// 2026-07-28: no handshake, no session.
    Modern,
    /// `initialize`, as all clients up to 2025-11-25 do.
    Legacy,
}

/// A plain client of HTTP.
pub fn http() -> reqwest::Client {
    // Fails only where it was installed before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build();
    client.expect("a client")
}

pub struct Client(RunningService<RoleClient, ClientConfig>);

impl Client {
    pub async fn connect(url: &str, token: &str, era: Era) -> Self {
        // Fails only where it was installed before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = StreamableHttpClientTransportConfig::with_uri(url).auth_header(token);
        let transport = StreamableHttpClientTransport::from_config(config);
        let mode = match era {
            Era::Modern => ClientLifecycleMode::Discover {
                preferred_versions: vec![ProtocolVersion::V_2026_07_28],
            },
            Era::Legacy => ClientLifecycleMode::Initialize,
        };
        let info = ClientConfig::new(
            ClientCapabilities::default(),
            Implementation::new("test", "1"),
        );
        Self(
            info.serve_with_lifecycle(transport, mode)
                .await
                .expect("a connection"),
        )
    }

    pub async fn tool_names(&self) -> Vec<String> {
        let tools = self.0.list_all_tools().await.expect("a list");
        tools
            .into_iter()
            .map(|tool| tool.name.into_owned())
            .collect()
    }

    /// The tools as they are listed.
    pub async fn tools(&self) -> Vec<Value> {
        let tools = self.0.list_all_tools().await.expect("a list");
        let json = |tool| serde_json::to_value(tool).expect("JSON");
        tools.into_iter().map(json).collect()
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> CallToolResult {
        let arguments = arguments.as_object().cloned().expect("an object");
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        self.0.call_tool(request).await.expect("an answer")
    }

    /// The structured content of a call that must succeed.
    pub async fn value(&self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await;
        assert_ne!(result.is_error, Some(true), "{tool}: {:?}", result.content);
        result.structured_content.unwrap_or_default()
    }

    /// The text of a call that must fail.
    pub async fn error(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments).await;
        assert_eq!(
            result.is_error,
            Some(true),
            "{tool}: {:?}",
            result.structured_content
        );
        serde_json::to_string(&result.content).expect("JSON")
    }
}
