//! A client without manners: it sends what a test says.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio_rustls::rustls::crypto::ring;

#[derive(Clone)]
pub struct Client {
    pub http: reqwest::Client,
    pub url: String,
    token: Option<String>,
}

impl Client {
    pub fn new(url: &str, token: Option<&str>) -> Self {
        // For the process, which one of the tests has done first.
        ring::default_provider().install_default().ok();
        Self {
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            url: url.to_owned(),
            token: token.map(str::to_owned),
        }
    }

    pub fn request(&self, method: Method) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(method, &self.url)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn post(&self, headers: &[(&str, &str)], body: impl Into<String>) -> Response {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                name.parse::<HeaderName>().expect("a name"),
                HeaderValue::from_str(value).expect("a value"),
            );
        }
        let request = self.request(Method::POST).headers(map).body(body.into());
        request.send().await.expect("an answer")
    }

    /// A request of the modern era, as it should be.
    pub async fn modern(&self, method: &str, params: Value) -> (StatusCode, Value) {
        self.modern_with(method, params, json!(1)).await
    }

    pub async fn modern_with(&self, method: &str, params: Value, id: Value) -> (StatusCode, Value) {
        let name = params["name"].as_str().unwrap_or("none").to_owned();
        let headers = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", method),
            ("mcp-name", &name),
        ];
        let body = modern_body(method, params, id);
        let answer = self.post(&headers, body.to_string()).await;
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// A request of the legacy era, without a session.
    pub async fn legacy(&self, method: &str, params: Value) -> (StatusCode, Value) {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let answer = self
            .post(&[("mcp-protocol-version", "2025-11-25")], body.to_string())
            .await;
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// The result of a tool call of the modern era.
    pub async fn call(&self, tool: &str, arguments: Value) -> Value {
        let params = json!({"name": tool, "arguments": arguments});
        let (status, answer) = self.modern("tools/call", params).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert!(answer["error"].is_null(), "{answer}");
        answer["result"].clone()
    }

    /// What the API answered to a request that the server `pets` was told to send.
    pub async fn fetch(&self, arguments: Value) -> Value {
        let result = self.call("pets__fetch", arguments).await;
        result["structuredContent"].clone()
    }
}

pub fn modern_body(method: &str, mut params: Value, id: Value) -> Value {
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}
