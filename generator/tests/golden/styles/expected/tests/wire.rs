//! Every tool against a local recorder: arguments in, the exact HTTP request out.
//!
//! The server is spawned as a client would, over stdio, with a made-up credential
//! for each security scheme.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// A call and the request that it has to make.
struct Case {
    tool: &'static str,
    /// JSON.
    arguments: &'static str,
    method: &'static str,
    /// Path and query under the base path.
    target: &'static str,
    /// Names in lower case.
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

const BASE_PATH: &str = "/base";

/// For each security scheme: its environment variable and a made-up credential.
const CREDENTIALS: &[(&str, &str)] = &[
    ("CREDENTIAL_KEY", "secret-credential_key"),
    ("CREDENTIAL_LOGIN", "user:secret"),
    ("CREDENTIAL_SESSION", "secret-credential_session"),
    ("CREDENTIAL_SPECIAL", "secret-credential_special"),
    ("CREDENTIAL_TOKEN", "secret-credential_token"),
];

/// Headers that carry credentials: sent where they are expected, and nowhere else.
const CREDENTIAL_HEADERS: &[&str] = &["authorization"];

/// One call for each tool but 1, for which no valid arguments could be made up.
const CASES: &[Case] = &[
    Case {
        tool: "path-styles",
        arguments: r#"{"plain":[1],"label":{"a":"a b"},"matrix":"a b"}"#,
        method: "GET",
        target: "/path/1/.a=a%20b;matrix=a%20b?key=secret-credential_key",
        headers: &[],
        body: "",
    },
    Case {
        tool: "query_styles",
        arguments: r#"{"colors":["a b"],"limit":1,"joined":["a b"],"piped":["a b"],"spaced":["a b"],"deep":{"R":1},"raw":"a b","filter_name":"a b","json":{"a":true},"note":"a b","anything":1}"#,
        method: "GET",
        target: "/query?colors=a%20b&limit=1&joined=a%20b&piped=a%20b&spaced=a%20b&deep%5BR%5D=1&raw=a%20b&filter%5Bname%5D=a%20b&json=%7B%22a%22%3Atrue%7D&note=a%20b&anything=1",
        headers: &[],
        body: "",
    },
    Case {
        tool: "places",
        arguments: r#"{"id":"a b","query_id":"a b","header_id":["a b"],"cookie_id":"a b","body":{"id":"a b"}}"#,
        method: "PUT",
        target: "/places/a%20b?id=a%20b",
        headers: &[
            ("id", "a b"),
            ("authorization", "Basic dXNlcjpzZWNyZXQ="),
            ("content-type", "application/json"),
            ("cookie", "id=a%20b; sid=secret-credential_session"),
        ],
        body: r#"{"id":"a b"}"#,
    },
    Case {
        tool: "type",
        arguments: r#"{"name":"a b","secret":"a b","parent":{"name":"a b"}}"#,
        method: "POST",
        target: "/nodes",
        headers: &[
            ("authorization", "hoba secret-credential_special"),
            ("content-type", "application/vnd.node+json"),
        ],
        body: r#"{"name":"a b","secret":"a b","parent":{"name":"a b"}}"#,
    },
    Case {
        tool: "patch_nodes",
        arguments: r#"{"body":{"key":"a b"}}"#,
        method: "PATCH",
        target: "/nodes?key=secret-credential_key",
        headers: &[("content-type", "application/merge-patch+json")],
        body: r#"{"key":"a b"}"#,
    },
];

#[test]
fn every_call_is_the_documented_request() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let recorded = record(listener);
    let mut server = Server::spawn(&format!("http://{address}{BASE_PATH}"));
    for case in CASES {
        let answer = server.call(case);
        let request = recorded
            .try_recv()
            .unwrap_or_else(|_| panic!("{} sent nothing: {answer}", case.tool));
        let target = format!("{BASE_PATH}{}", case.target);
        assert_eq!(
            (request.method.as_str(), request.target.as_str()),
            (case.method, target.as_str()),
            "{}",
            case.tool
        );
        for (name, value) in case.headers {
            assert_eq!(
                request.header(name),
                Some(*value),
                "the header {name} of {}",
                case.tool
            );
        }
        for name in CREDENTIAL_HEADERS {
            let expected = case.headers.iter().any(|(header, _)| header == name);
            assert_eq!(
                request.header(name).is_some(),
                expected,
                "the header {name} of {}",
                case.tool
            );
        }
        assert_eq!(request.body, case.body, "the body of {}", case.tool);
        assert!(
            !answer.contains("\"isError\":true"),
            "{} failed: {answer}",
            case.tool
        );
    }
}

struct Server {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    calls: usize,
}

impl Server {
    fn spawn(base_url: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_styles-mcp"))
            .args(["--stdio", "--base-url", base_url])
            .envs(CREDENTIALS.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let input = process.stdin.take().expect("a pipe");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut server = Self {
            process,
            input,
            output,
            calls: 0,
        };
        server.send(
            r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"wire","version":"1"}}}"#,
        );
        server.answer(0);
        server.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        server
    }

    fn call(&mut self, case: &Case) -> String {
        self.calls += 1;
        let (id, name, arguments) = (self.calls, case.tool, case.arguments);
        self.send(&format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{name}","arguments":{arguments}}}}}"#
        ));
        self.answer(self.calls)
    }

    fn send(&mut self, message: &str) {
        writeln!(self.input, "{message}").expect("the server reads");
    }

    /// The line that answers the request `id`; what else the server says is passed over.
    fn answer(&mut self, id: usize) -> String {
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("the server writes");
            assert!(read > 0, "the server ended");
            let ends = [format!("\"id\":{id},"), format!("\"id\":{id}}}")];
            if ends.iter().any(|end| line.contains(end)) {
                return line;
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Answers every request with an empty object, and hands it over.
fn record(listener: TcpListener) -> Receiver<Request> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if let Some(request) = read(&stream)
                && sender.send(request).is_ok()
            {
                let _ = (&stream).write_all(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
                );
            }
        }
    });
    receiver
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or("0", |(_, value)| value);
    let mut body = vec![0; length.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        method,
        target,
        headers,
        body: String::from_utf8(body).ok()?,
    })
}
