//! An API of raw bytes: it keeps each request as it came, and answers what a
//! test prepared.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// `METHOD TARGET HTTP/1.1`.
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// By which of the upstream's connections, from 1.
    pub connection: usize,
}

impl Recorded {
    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let same = |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
        let found = self.headers.iter().filter(same);
        found.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header that may come once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let all = self.all(name);
        assert!(all.len() < 2, "`{name}` came {} times: {all:?}", all.len());
        all.first().copied()
    }

    /// Method and target.
    pub fn asked(&self) -> &str {
        self.line.trim_end_matches(" HTTP/1.1")
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }
}

/// What is done where a request has come.
#[derive(Clone, Debug)]
pub enum Answer {
    /// These bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// These bytes, and the connection is closed.
    Last(Vec<u8>),
    /// These bytes, and then a piece after each pause, for as long as it is read.
    Endless(Vec<u8>, Vec<u8>, Duration),
}

/// An HTTP message with its length.
pub fn message(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len()).into_bytes();
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// Listens on a free port of the loopback for as long as its test runs.
#[derive(Clone)]
pub struct Upstream {
    pub origin: String,
    state: Arc<Mutex<State>>,
    arrived: Arc<Notify>,
}

struct State {
    seen: Vec<Recorded>,
    connections: usize,
    /// Taken before the standing one.
    once: VecDeque<Answer>,
    standing: Answer,
}

impl Upstream {
    pub async fn start() -> Self {
        Self::listen("127.0.0.1:0", "http://127.0.0.1", None).await
    }

    /// At an address and a port of this machine.
    pub async fn at(address: &str) -> Self {
        let (host, _) = address.rsplit_once(':').expect("a port");
        Self::listen(address, &format!("http://{host}"), None).await
    }

    /// One that is never reached, since another is at the origin that is given as its own.
    pub async fn elsewhere(origin: &str) -> Self {
        let mut upstream = Self::start().await;
        upstream.origin = origin.to_owned();
        upstream
    }

    /// Speaks TLS, for a host that is this machine.
    pub async fn secure(tls: rustls::ServerConfig, host: &str) -> Self {
        let tls = TlsAcceptor::from(Arc::new(tls));
        Self::listen("127.0.0.1:0", &format!("https://{host}"), Some(tls)).await
    }

    async fn listen(address: &str, host: &str, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let ok = message("200 OK", &["Content-Type: application/json"], "{}");
        let state = State {
            seen: Vec::new(),
            connections: 0,
            once: VecDeque::new(),
            standing: Answer::Bytes(ok),
        };
        let upstream = Self {
            origin: format!("{host}:{port}"),
            state: Arc::new(Mutex::new(state)),
            arrived: Arc::default(),
        };
        let accepting = upstream.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let connection = {
                    let mut state = accepting.lock();
                    state.connections += 1;
                    state.connections
                };
                let (upstream, tls) = (accepting.clone(), tls.clone());
                tokio::spawn(async move {
                    // A client that goes away ends its conversation.
                    let _ended = match tls {
                        None => upstream.converse(stream, connection).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => upstream.converse(stream, connection).await,
                            Err(refused) => Err(refused),
                        },
                    };
                });
            }
        });
        upstream
    }

    /// What is answered from now on.
    pub fn answers(&self, status: &str, headers: &[&str], body: impl AsRef<[u8]>) {
        self.answers_with(Answer::Bytes(message(status, headers, body)));
    }

    pub fn answers_with(&self, answer: Answer) {
        self.lock().standing = answer;
    }

    /// What is answered next, once.
    pub fn answers_once(&self, answer: Answer) {
        self.lock().once.push_back(answer);
    }

    /// The requests since the last time.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.lock().seen)
    }

    /// Waits for a request that nobody has waited for.
    pub async fn arrival(&self) {
        self.arrived.notified().await;
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.lock().connections
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }

    async fn converse<S>(&self, mut stream: S, connection: usize) -> std::io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut received = Vec::new();
        while let Some(mut request) = next(&mut stream, &mut received).await? {
            request.connection = connection;
            let answer = {
                let mut state = self.lock();
                state.seen.push(request);
                self.arrived.notify_one();
                let once = state.once.pop_front();
                once.unwrap_or_else(|| state.standing.clone())
            };
            match answer {
                Answer::Bytes(bytes) => stream.write_all(&bytes).await?,
                Answer::Last(bytes) => {
                    stream.write_all(&bytes).await?;
                    return stream.shutdown().await;
                }
                Answer::Endless(head, piece, pause) => {
                    stream.write_all(&head).await?;
                    loop {
                        tokio::time::sleep(pause).await;
                        stream.write_all(&piece).await?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The next request of a connection; `None` at its end.
async fn next<S>(stream: &mut S, received: &mut Vec<u8>) -> std::io::Result<Option<Recorded>>
where
    S: AsyncRead + Unpin,
{
    let end = loop {
        if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(received).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap_or_default().to_owned();
    let header = |line: &str| {
        let (name, value) = line.split_once(':').expect("a header");
        (name.to_owned(), value.trim().to_owned())
    };
    let mut request = Recorded {
        line,
        headers: lines.map(header).collect(),
        body: Vec::new(),
        connection: 0,
    };
    let length = request.header("content-length").unwrap_or("0");
    let whole = end + 4 + length.parse::<usize>().expect("a length");
    while received.len() < whole {
        if stream.read_buf(received).await? == 0 {
            return Ok(None);
        }
    }
    request.body = received[end + 4..whole].to_vec();
    received.drain(..whole);
    Ok(Some(request))
}
