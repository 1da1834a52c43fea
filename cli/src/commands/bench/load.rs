//! A closed-loop load: each connection sends its next request when the answer
//! to the last is there.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;
use url::Url;

use crate::failure::{Failure, Result};

/// One request, sent over and over.
#[derive(Clone)]
pub struct Target {
    pub url: Url,
    pub method: Method,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    /// What a right answer contains.
    pub expect: &'static str,
}

/// What a load came to.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Measured {
    pub connections: usize,
    pub p50_us: u64,
    pub p99_us: u64,
    pub calls_per_second: u64,
}

/// Sends `calls` requests over `connections` connections, after a tenth as
/// many to warm up.
///
/// # Errors
/// Where an answer is missing or wrong: a fast error is no result.
pub async fn run(target: &Target, connections: usize, calls: u32) -> Result<Measured> {
    let each = usize::try_from(calls)
        .unwrap_or(usize::MAX)
        .div_ceil(connections)
        .max(1);
    round(target, connections, each.div_ceil(10)).await?;
    let started = Instant::now();
    let mut took = round(target, connections, each).await?;
    let elapsed = started.elapsed();
    took.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index into as many samples as memory holds"
        )]
        let index = ((took.len() - 1) as f64 * share) as usize;
        u64::try_from(took[index].as_micros()).unwrap_or(u64::MAX)
    };
    let total = u64::try_from(took.len()).unwrap_or(u64::MAX);
    let micros = u64::try_from(elapsed.as_micros())
        .unwrap_or(u64::MAX)
        .max(1);
    Ok(Measured {
        connections,
        p50_us: at(0.5),
        p99_us: at(0.99),
        calls_per_second: total.saturating_mul(1_000_000) / micros,
    })
}

/// Sends one request over a new connection; how long until its answer.
///
/// # Errors
/// Where the answer is missing or wrong.
pub async fn once(target: &Target) -> Result<Duration> {
    let started = Instant::now();
    round(target, 1, 1).await?;
    Ok(started.elapsed())
}

async fn round(target: &Target, connections: usize, each: usize) -> Result<Vec<Duration>> {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let target = target.clone();
        tasks.spawn(async move { connection(&target, each).await });
    }
    let mut took = Vec::with_capacity(connections * each);
    while let Some(done) = tasks.join_next().await {
        took.extend(done.map_err(|error| Failure::new("A load task failed.").because(&error))??);
    }
    Ok(took)
}

async fn connection(target: &Target, calls: usize) -> Result<Vec<Duration>> {
    let mut sender = connect(&target.url).await?;
    let mut took = Vec::with_capacity(calls);
    for _ in 0..calls {
        let request = request(target)?;
        let started = Instant::now();
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| lost(&error))?;
        let status = response.status();
        let body = response
            .into_body()
            .collect()
            .await
            .map_err(|error| lost(&error))?
            .to_bytes();
        took.push(started.elapsed());
        check(status, &body, target.expect)?;
    }
    Ok(took)
}

async fn connect(url: &Url) -> Result<SendRequest<Full<Bytes>>> {
    let address: SocketAddr = url
        .socket_addrs(|| None)
        .ok()
        .and_then(|addresses| addresses.first().copied())
        .ok_or_else(|| Failure::new(format!("`{url}` has no address.")))?;
    let stream = TcpStream::connect(address)
        .await
        .map_err(|error| lost(&error))?;
    stream.set_nodelay(true).map_err(|error| lost(&error))?;
    let (sender, connection) = handshake(TokioIo::new(stream))
        .await
        .map_err(|error| lost(&error))?;
    tokio::spawn(connection);
    Ok(sender)
}

fn request(target: &Target) -> Result<Request<Full<Bytes>>> {
    let mut path = target.url.path().to_owned();
    if let Some(query) = target.url.query() {
        path = format!("{path}?{query}");
    }
    let mut request = Request::builder().method(target.method.clone()).uri(path);
    request = request.header("host", target.url.authority());
    for (name, value) in &target.headers {
        request = request.header(*name, value);
    }
    request
        .body(Full::new(target.body.clone()))
        .map_err(|error| lost(&error))
}

fn check(status: StatusCode, body: &Bytes, expect: &str) -> Result<()> {
    let text = String::from_utf8_lossy(body);
    if status.is_success() && text.contains(expect) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "A measured call was answered wrongly: {status} {text}"
    )))
}

fn lost(error: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::new("A measured call got no answer.").because(error)
}
