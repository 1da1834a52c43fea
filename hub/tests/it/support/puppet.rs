//! A server that does as it is told: the body of an MCP server with none of the
//! manners of a generated one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Notify;

#[derive(Clone)]
pub struct Puppet {
    pub egress: PathBuf,
    /// Every grant that it was shown.
    pub grants: Arc<Mutex<Vec<String>>>,
    /// Told when a call of `hang` arrives, and when it is cancelled.
    pub hanging: Arc<Notify>,
    pub cancelled: Arc<Notify>,
}

impl Puppet {
    /// Listens at `socket`; its requests go to the door at `egress`.
    pub fn start(socket: &Path, egress: PathBuf) -> Self {
        let puppet = Self {
            egress,
            grants: Arc::default(),
            hanging: Arc::default(),
            cancelled: Arc::default(),
        };
        let listener = UnixListener::bind(socket).expect("a socket");
        let router = Router::new()
            .route("/mcp", post(answer))
            .with_state(puppet.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        puppet
    }

    pub fn last_grant(&self) -> String {
        let grants = self.grants.lock().expect("no panic");
        grants.last().expect("a grant").clone()
    }
}

async fn answer(State(puppet): State<Puppet>, headers: HeaderMap, body: Bytes) -> Response {
    let text = String::from_utf8(body.to_vec()).expect("UTF-8");
    let message: Value = serde_json::from_str(&text).expect("JSON");
    let grant = headers["toolmill-grant"].to_str().expect("text").to_owned();
    puppet.grants.lock().expect("no panic").push(grant.clone());
    let arguments = &message["params"]["arguments"];
    let result = match message["params"]["name"].as_str().expect("a name") {
        "mirror" => {
            let headers: Value = headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").into()))
                .collect::<serde_json::Map<_, _>>()
                .into();
            json!({"body": text, "headers": headers})
        }
        "hang" => {
            let _dropped = OnDrop(puppet.cancelled.clone());
            puppet.hanging.notify_one();
            std::future::pending().await
        }
        "raw" => {
            let body = arguments["body"].as_str().expect("text").to_owned();
            let kind = arguments["type"]
                .as_str()
                .unwrap_or("application/json")
                .to_owned();
            return ([("content-type", kind)], body).into_response();
        }
        "die" => return StatusCode::BAD_GATEWAY.into_response(),
        _ => fetched(&puppet, arguments, &grant).await,
    };
    let failed = result["status"]
        .as_u64()
        .is_some_and(|status| status >= 400);
    axum::Json(json!({"jsonrpc": "2.0", "id": message["id"], "result": {
        "resultType": "complete",
        "content": [{"type": "text", "text": result.to_string()}],
        "structuredContent": result,
        "isError": failed,
    }}))
    .into_response()
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// Sends the request that the arguments describe, as text to text.
async fn fetched(puppet: &Puppet, arguments: &Value, grant: &str) -> Value {
    let door = arguments["door"]
        .as_str()
        .map_or(puppet.egress.clone(), PathBuf::from);
    let mut request = Request::builder()
        .method(arguments["method"].as_str().unwrap_or("GET"))
        .uri(arguments["url"].as_str().expect("a URL"));
    for header in arguments["headers"].as_array().into_iter().flatten() {
        request = request.header(
            header[0].as_str().expect("a name"),
            header[1].as_str().expect("a value"),
        );
    }
    let grant = match &arguments["grant"] {
        Value::Null => Some(grant),
        grant => grant.as_str(),
    };
    if let Some(grant) = grant {
        request = request.header("toolmill-grant", grant);
    }
    let body = arguments["body"].as_str().unwrap_or_default().to_owned();
    let request = request
        .body(Full::new(Bytes::from(body)))
        .expect("a request");
    send(&door, request).await
}

/// One request over a connection of its own.
pub async fn send(door: &Path, request: Request<Full<Bytes>>) -> Value {
    let stream = UnixStream::connect(door).await.expect("an open door");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .expect("HTTP");
    tokio::spawn(connection);
    let Ok(answer) = sender.send_request(request).await else {
        return json!({"status": null, "body": null});
    };
    let (head, body) = answer.into_parts();
    let headers: Value = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").into()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let body = match body.collect().await {
        Ok(body) => json!(String::from_utf8_lossy(&body.to_bytes())),
        Err(_) => Value::Null,
    };
    json!({"status": head.status.as_u16(), "headers": headers, "body": body})
}
