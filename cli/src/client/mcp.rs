//! The hub as an MCP client meets it.

use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, Implementation, ProtocolVersion, Tool,
};
pub use rmcp::model::{CallToolResult, ContentBlock, JsonObject};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{RoleClient, ServiceError};
use secrecy::{ExposeSecret, SecretString};

use crate::failure::{Failure, Result};

pub struct McpClient {
    service: RunningService<RoleClient, ClientConfig>,
}

impl McpClient {
    /// Connects by the newest protocol (2026-07-28).
    ///
    /// # Errors
    /// Where the hub does not answer, or refuses the token.
    pub async fn connect(url: &str, token: Option<&SecretString>) -> Result<Self> {
        let mut config = StreamableHttpClientTransportConfig::with_uri(url);
        if let Some(token) = token {
            config = config.auth_header(token.expose_secret());
        }
        let transport = StreamableHttpClientTransport::from_config(config);
        let mode = ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        };
        let client = Implementation::new("toolmill", env!("CARGO_PKG_VERSION"));
        let service = ClientConfig::new(ClientCapabilities::default(), client)
            .serve_with_lifecycle(transport, mode)
            .await
            .map_err(|error| {
                if error.to_string().contains("Auth required") {
                    return Failure::new("The token is not valid here.")
                        .hint("`toolmill token` prints the local user's; `TOOLMILL_TOKEN` and `--token` count more.");
                }
                Failure::new(format!("No MCP connection to `{url}`."))
                    .because(&error)
                    .hint("Is the instance running (`toolmill status`), and is the token right?")
            })?;
        Ok(Self { service })
    }

    pub async fn tools(&self) -> Result<Vec<Tool>> {
        self.service
            .list_all_tools()
            .await
            .map_err(|error| failed("The tools", &error))
    }

    pub async fn call(&self, tool: &str, arguments: JsonObject) -> Result<CallToolResult> {
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let result = self.service.call_tool(request).await;
        result.map_err(|error| failed(&format!("`{tool}`"), &error))
    }

    pub async fn close(self) {
        // The connection ends with the process anyway.
        let _ = self.service.cancel().await;
    }
}

fn failed(what: &str, error: &ServiceError) -> Failure {
    match error {
        ServiceError::McpError(error) => Failure::new(error.message.clone()),
        other => Failure::new(format!("{what} could not be asked for.")).because(other),
    }
}
