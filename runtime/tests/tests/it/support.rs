//! A recorder that stands for the API, the server's own process, and a plain MCP client.

use std::{
    io::{BufRead as _, BufReader},
    net::{TcpListener, TcpStream},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Recorded {
    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let same = |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .filter(same)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The only value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let all = self.all(name);
        assert!(all.len() < 2, "{name} came {} times: {all:?}", all.len());
        all.first().copied()
    }

    /// The request's target.
    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).expect("a target")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// A server of raw HTTP: it records each request and answers with prepared bytes.
#[derive(Clone)]
pub struct Recorder {
    seen: Arc<Mutex<Vec<Recorded>>>,
    answers: Arc<Mutex<Answers>>,
}

#[derive(Default)]
struct Answers {
    /// Taken before the standing one, in this order.
    once: Vec<Vec<u8>>,
    standing: Vec<u8>,
}

impl Recorder {
    /// Listens on a free port of the loopback; returns the API's URL.
    pub fn tcp() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let recorder = Self::new();
        let accepting = recorder.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let recorder = accepting.clone();
                thread::spawn(move || recorder.converse(stream));
            }
        });
        (recorder, url)
    }

    /// Listens on a unix socket.
    pub fn unix(path: &Path) -> Self {
        let listener = UnixListener::bind(path).expect("a socket");
        let recorder = Self::new();
        let accepting = recorder.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let recorder = accepting.clone();
                thread::spawn(move || recorder.converse(stream));
            }
        });
        recorder
    }

    /// Listens on a free port and speaks TLS; returns the API's URL for `host`.
    pub fn tls(config: ServerConfig, host: &str) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (recorder, config) = (Self::new(), Arc::new(config));
        let accepting = recorder.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).expect("a session");
                let recorder = accepting.clone();
                thread::spawn(move || recorder.converse(StreamOwned::new(connection, stream)));
            }
        });
        (recorder, format!("https://{host}:{port}"))
    }

    fn new() -> Self {
        let recorder = Self {
            seen: Arc::default(),
            answers: Arc::default(),
        };
        recorder.answer("200 OK", &["content-type: application/json"], "{}");
        recorder
    }

    /// What is answered from now on.
    pub fn answer(&self, status: &str, headers: &[&str], body: impl AsRef<[u8]>) {
        self.lock().standing = message(status, headers, body.as_ref());
    }

    /// Raw bytes to answer the next request with; none: the connection is closed.
    pub fn answer_once(&self, bytes: impl Into<Vec<u8>>) {
        self.lock().once.push(bytes.into());
    }

    /// The requests since the last time.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.seen.lock().expect("the log"))
    }

    /// The only request since the last time.
    pub fn take_one(&self) -> Recorded {
        let mut seen = self.take();
        assert_eq!(seen.len(), 1, "one request was expected: {seen:?}");
        seen.remove(0)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Answers> {
        self.answers.lock().expect("the answers")
    }

    fn converse(&self, stream: impl std::io::Read + std::io::Write) {
        let mut reading = BufReader::new(stream);
        while let Some((line, headers, body)) = read_message(&mut reading) {
            self.seen.lock().expect("the log").push(Recorded {
                line,
                headers,
                body,
            });
            let mut answers = self.lock();
            let once = if answers.once.is_empty() {
                None
            } else {
                Some(answers.once.remove(0))
            };
            let answer = once.unwrap_or_else(|| answers.standing.clone());
            drop(answers);
            if answer.is_empty() || reading.get_mut().write_all(&answer).is_err() {
                return;
            }
        }
    }
}

/// An HTTP message with its length.
pub fn message(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

type Message = (String, Vec<(String, String)>, Vec<u8>);

fn read_message(reading: &mut impl std::io::BufRead) -> Option<Message> {
    let first = read_line(reading)?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(reading)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').expect("a header");
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map_or(0, |(_, value)| value.parse().expect("a length"));
    let mut body = vec![0; length];
    reading.read_exact(&mut body).ok()?;
    Some((first, headers, body))
}

fn read_line(reading: &mut impl std::io::BufRead) -> Option<String> {
    let mut line = String::new();
    match reading.read_line(&mut line) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line.trim_end_matches(['\r', '\n']).to_owned()),
    }
}

/// The fixture server, in a process of its own. It ends with the value.
pub struct Server {
    pub child: Child,
    /// `http://127.0.0.1:PORT/mcp`, or the socket's path.
    pub url: String,
}

/// The command that runs the fixture server, without any credential of the tester's.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runtime-fixture"));
    command
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

impl Server {
    /// Starts it on a free port, for the API at `base`.
    pub fn start(base: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = command(&["--port", "0", "--base-url", base]);
        command.args(arguments).envs(environment.iter().copied());
        Self::spawn(command)
    }

    /// Starts a command and reads the URL that it prints.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the fixture starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut url = String::new();
        output.read_line(&mut url).expect("a line");
        Self {
            child,
            url: url.trim_end().to_owned(),
        }
    }

    /// The most memory it has had, in KiB.
    pub fn peak(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
        number.expect("a line").parse().expect("a number")
    }

    /// The host and port.
    pub fn authority(&self) -> &str {
        self.url
            .strip_prefix("http://")
            .and_then(|rest| rest.strip_suffix("/mcp"))
            .expect("a URL")
    }

    /// Calls a tool as a client of 2026-07-28 and returns its result.
    pub fn call(&self, tool: &str, arguments: Value) -> Value {
        let answer = self.request("tools/call", json!({"name": tool, "arguments": arguments}));
        answer
            .get("result")
            .unwrap_or_else(|| panic!("no result: {answer}"))
            .clone()
    }

    /// Sends one request of 2026-07-28 and returns the JSON-RPC answer.
    pub fn request(&self, method: &str, params: Value) -> Value {
        let (head, body) = modern(method, params);
        let (_, body) = self.post(&head, body.as_bytes());
        serde_json::from_slice(&body)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&body)))
    }

    /// Posts a body with more headers; returns the status and the answer's body.
    pub fn post(&self, headers: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let stream = TcpStream::connect(self.authority()).expect("a connection");
        let host = if headers.contains("Host:") {
            String::new()
        } else {
            format!("Host: {}\r\n", self.authority())
        };
        post(stream, &format!("{host}{headers}"), body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Posts over a unix socket.
pub fn post_unix(path: &Path, headers: &str, body: &[u8]) -> (u16, Vec<u8>) {
    post(
        UnixStream::connect(path).expect("a connection"),
        headers,
        body,
    )
}

fn post(
    mut stream: impl std::io::Read + std::io::Write,
    headers: &str,
    body: &[u8],
) -> (u16, Vec<u8>) {
    let head = format!(
        "POST /mcp HTTP/1.1\r\nAccept: application/json, text/event-stream\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    // The server may refuse a body before it has read all of it.
    let _ = stream.write_all(body);
    let (line, _, body) = read_message(&mut BufReader::new(stream)).expect("an answer");
    (
        line.split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .expect("a status"),
        body,
    )
}

/// The headers and the body of one request of 2026-07-28.
pub fn modern(method: &str, mut params: Value) -> (String, String) {
    let name = params.get("name").and_then(Value::as_str);
    let name = name.map_or_else(String::new, |name| format!("Mcp-Name: {name}\r\n"));
    let meta = params
        .as_object_mut()
        .expect("an object")
        .entry("_meta")
        .or_insert(json!({}));
    meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
    meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let head = format!("MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: {method}\r\n{name}");
    (head, body.to_string())
}

/// The text of a result's first block.
pub fn text(result: &Value) -> &str {
    result["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("no text: {result}"))
}

/// The text of a result that has to be an error.
pub fn error(result: &Value) -> &str {
    assert_eq!(result["isError"], true, "{result}");
    text(result)
}
