//! A closed-loop load: each connection sends its next request when the answer to the last is there.
//!
//! That of [`wrk`], where it is installed. The other writes the same bytes over and over and reads as
//! many as the first answer had, since a client that takes a while hides what a server takes.

use std::{
    fmt,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{peers::EXPECTED, wrk};

/// What makes a load.
#[derive(Debug, Clone)]
pub enum Load {
    /// This version of wrk.
    Wrk(String),
    Own,
}

/// One request, and where it goes.
#[derive(Debug, Clone)]
pub struct Target {
    pub url: String,
    pub method: &'static str,
    /// Header lines, each with its end.
    pub headers: &'static str,
    pub body: &'static str,
    address: SocketAddr,
    /// The whole request.
    bytes: Vec<u8>,
}

/// What a load came to.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub p50: Duration,
    pub calls_per_second: f64,
    /// How many were measured, or warmed up.
    pub calls: usize,
}

impl Measured {
    /// How long a call took, where there was one connection.
    pub fn mean(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.calls_per_second)
    }
}

impl Target {
    /// `GET /things0/a1`, with a query, at a URL.
    pub fn direct(url: &str) -> Result<Self> {
        Self::new(
            url,
            "GET",
            "things0/a1?limit=5&tags=a&tags=b&state=open",
            "",
            "",
        )
    }

    /// The same by the tool `getThing0`, as clients of MCP 2026-07-28 ask for it.
    pub fn mcp(url: &str) -> Result<Self> {
        let body = concat!(
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"getThing0","#,
            r#""arguments":{"id":"a1","limit":5,"tags":["a","b"],"state":"open"},"#,
            r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","#,
            r#""io.modelcontextprotocol/clientCapabilities":{}}}}"#
        );
        let headers = "Content-Type: application/json\r\n\
                       Accept: application/json, text/event-stream\r\n\
                       MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\n\
                       Mcp-Name: getThing0\r\n";
        Self::new(url, "POST", "", headers, body)
    }

    fn new(
        url: &str,
        method: &'static str,
        path: &str,
        headers: &'static str,
        body: &'static str,
    ) -> Result<Self> {
        let rest = url.strip_prefix("http://").context("no URL")?;
        let (authority, base) = rest.split_once('/').unwrap_or((rest, ""));
        let length = match body.len() {
            0 => String::new(),
            length => format!("Content-Length: {length}\r\n"),
        };
        let bytes = format!(
            "{method} /{base}{path} HTTP/1.1\r\nHost: {authority}\r\n{headers}{length}\r\n{body}"
        );
        Ok(Self {
            url: format!("{url}{path}"),
            method,
            headers,
            body,
            address: authority.parse()?,
            bytes: bytes.into_bytes(),
        })
    }
}

impl Load {
    /// wrk, where it is installed.
    pub async fn find() -> Self {
        wrk::version().await.map_or(Self::Own, Self::Wrk)
    }

    /// Sends requests over `connections` connections for `time`.
    ///
    /// # Errors
    /// Where the first answer is wrong, or a later one differs in status or length: a fast error is no
    /// result.
    pub async fn run(
        &self,
        target: &Target,
        connections: usize,
        time: Duration,
    ) -> Result<Measured> {
        let length = once(target).await?;
        match self {
            Self::Wrk(_) => wrk::run(target, length, connections, time).await,
            Self::Own => own(target, connections, time).await,
        }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrk(version) => write!(formatter, "wrk {version}"),
            Self::Own => formatter.write_str("this command itself"),
        }
    }
}

/// Warms up for a tenth of the time first.
async fn own(target: &Target, connections: usize, time: Duration) -> Result<Measured> {
    let warm = round(target, connections, time / 10).await?;
    let begin = Instant::now();
    let mut took = round(target, connections, time).await?;
    let seconds = begin.elapsed().as_secs_f64();
    took.sort_unstable();
    Ok(Measured {
        p50: took[took.len() / 2],
        calls_per_second: took.len() as f64 / seconds,
        calls: warm.len() + took.len(),
    })
}

/// Sends one request over a new connection, which a server may not have opened yet; the length of its
/// answer, with its head.
///
/// # Errors
/// Where there is no right answer.
pub async fn once(target: &Target) -> Result<usize> {
    let begin = Instant::now();
    let mut stream = loop {
        match TcpStream::connect(target.address).await {
            Ok(stream) => break stream,
            Err(error) if begin.elapsed() > Duration::from_secs(60) => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    };
    stream.set_nodelay(true)?;
    exchange(&mut stream, target, &mut Vec::new()).await
}

async fn round(target: &Target, connections: usize, time: Duration) -> Result<Vec<Duration>> {
    let until = Instant::now() + time;
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let target = target.clone();
        tasks.spawn(async move { connection(&target, until).await });
    }
    let mut took = Vec::new();
    while let Some(done) = tasks.join_next().await {
        took.extend(done??);
    }
    Ok(took)
}

async fn connection(target: &Target, until: Instant) -> Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(target.address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    let length = exchange(&mut stream, target, &mut buffer).await?;
    let mut took = Vec::new();
    let mut begin = Instant::now();
    while begin < until {
        stream.write_all(&target.bytes).await?;
        buffer.clear();
        while buffer.len() < length {
            ensure!(
                stream.read_buf(&mut buffer).await? > 0,
                "a connection was closed"
            );
        }
        ensure!(buffer.starts_with(b"HTTP/1.1 200"), "a call was refused");
        let end = Instant::now();
        took.push(end - begin);
        begin = end;
    }
    Ok(took)
}

/// One exchange, looked at closely; gives the answer's length, with its head.
async fn exchange(stream: &mut TcpStream, target: &Target, buffer: &mut Vec<u8>) -> Result<usize> {
    stream.write_all(&target.bytes).await?;
    loop {
        ensure!(
            stream.read_buf(buffer).await? > 0,
            "a connection was closed"
        );
        let text = String::from_utf8_lossy(buffer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let lengths = head.lines().filter_map(|line| line.split_once(':'));
        let mut lengths = lengths.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let (_, length) = lengths.next().context("an answer without a length")?;
        let length: usize = length.trim().parse()?;
        if body.len() >= length {
            ensure!(
                body.contains(EXPECTED),
                "a call was answered wrongly: {text}"
            );
            return Ok(head.len() + 4 + length);
        }
    }
}
