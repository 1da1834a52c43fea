//! A floor: what no server can be faster than by much.

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use tokio::{net::TcpStream, sync::Mutex};

use super::http::serve;

type Sender = SendRequest<Full<Bytes>>;

/// The least that an MCP server can do: read a JSON-RPC request, make the HTTP request that it
/// stands for, and answer with what came, twice, as text and as an object. It looks at no header,
/// writes no query, checks no argument, knows one tool, and retries nothing.
pub async fn floor(upstream: String) -> Result<()> {
    let idle: &'static Mutex<Vec<Sender>> = Box::leak(Box::default());
    let upstream: &'static str = upstream.leak();
    serve(move |request| async move {
        let body = request.into_body().collect().await?.to_bytes();
        let call: Call<'_> = serde_json::from_slice(&body)?;
        let id = call.params.arguments.id;
        let answer = fetch(idle, upstream, &format!("/things0/{id}")).await?;
        let text = std::str::from_utf8(&answer)?;
        let structured: &RawValue = serde_json::from_str(text)?;
        let result =
            json!({ "resultType": "complete", "content": [{"type": "text", "text": text}] });
        let result = result.to_string();
        let rest = result.strip_prefix('{').context("an object")?;
        let (id, structured) = (call.id.get(), structured.get());
        Ok(Bytes::from(format!(
            r#"{{"jsonrpc":"2.0","id":{id},"result":{{"structuredContent":{structured},{rest}}}"#
        )))
    })
    .await
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    params: Params<'a>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(borrow)]
    arguments: Arguments<'a>,
}

#[derive(Deserialize)]
struct Arguments<'a> {
    id: &'a str,
}

async fn fetch(idle: &Mutex<Vec<Sender>>, upstream: &str, path: &str) -> Result<Bytes> {
    let pooled = idle.lock().await.pop();
    let mut sender = match pooled {
        Some(sender) => sender,
        None => connect(upstream).await?,
    };
    sender.ready().await?;
    let request = Request::get(path)
        .header("host", upstream)
        .body(Full::default())?;
    let body = sender
        .send_request(request)
        .await?
        .into_body()
        .collect()
        .await?;
    idle.lock().await.push(sender);
    Ok(body.to_bytes())
}

async fn connect(upstream: &str) -> Result<Sender> {
    let stream = TcpStream::connect(upstream).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}
