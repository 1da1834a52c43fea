//! The small programs that a server is measured beside, each a process of its own: the API, and a
//! floor.

use std::convert::Infallible;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Mutex,
};

/// What the API answers, in bytes.
pub const ANSWER_BYTES: usize = 517;

/// What stands in it, by which a right answer is known.
pub const EXPECTED: &str = "the end of it";

type Sender = SendRequest<Full<Bytes>>;

/// The API: the same JSON object for every request.
pub async fn api() -> Result<()> {
    let answer = Bytes::from(answer());
    serve(move |request| {
        let answer = answer.clone();
        async move {
            // A body is read, as an API would.
            request.into_body().collect().await?;
            Ok(answer)
        }
    })
    .await
}

/// The least that an MCP server can do: read a JSON-RPC request, make the HTTP request that it
/// stands for, and answer with what came, twice, as text and as an object. It looks at no header,
/// checks no argument, knows one tool, and retries nothing.
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
        let result = json!({ "resultType": "complete", "content": [{"type": "text", "text": text}] });
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
    let request = Request::get(path).header("host", upstream).body(Full::default())?;
    let body = sender.send_request(request).await?.into_body().collect().await?;
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

/// Serves on a free port, which is the first line on standard output, until it is killed.
async fn serve<F, A>(answer: F) -> Result<()>
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = Result<Bytes>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let answer = answer.clone();
        let service = service_fn(move |request| {
            let answer = answer(request);
            async move { Ok::<_, Infallible>(respond(answer.await)) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn respond(answer: Result<Bytes>) -> Response<Full<Bytes>> {
    let (status, body) = match answer {
        Ok(body) => (200, body),
        Err(error) => (500, Bytes::from(error.to_string())),
    };
    let mut response = Response::new(Full::new(body));
    if let Ok(status) = hyper::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn answer() -> String {
    let frame = json!({"id": "a1", "name": "", "note": EXPECTED}).to_string().len();
    let name = "x".repeat(ANSWER_BYTES - frame);
    json!({"id": "a1", "name": name, "note": EXPECTED}).to_string()
}
