//! Calls that are under way when something else happens.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{Server, message, modern};

/// An API that takes one request and answers when told to.
struct Slow {
    listener: TcpListener,
    base: String,
}

impl Slow {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        Self { listener, base }
    }

    /// The connection, once a request has come by it.
    fn request(&self) -> BufReader<TcpStream> {
        let (stream, _) = self.listener.accept().expect("a connection");
        let mut reading = BufReader::new(stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            reading.read_line(&mut line).expect("a line");
        }
        reading
    }
}

fn begin(server: &Server) -> TcpStream {
    let (head, body) = modern("tools/call", json!({"name": "unsecured", "arguments": {}}));
    let mut client = TcpStream::connect(server.authority()).expect("a connection");
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: application/json, text/event-stream\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n{head}\r\n{body}",
        body.len()
    );
    client.write_all(request.as_bytes()).expect("sent");
    client
}

#[test]
fn a_client_that_goes_ends_its_request_to_the_api() {
    let api = Slow::new();
    let server = Server::start(&api.base, &[], &[]);
    let client = begin(&server);
    let mut request = api.request();
    drop(client);
    assert_eq!(request.read(&mut [0]).expect("an end"), 0);
}

#[test]
fn a_stop_lets_calls_end() {
    let api = Slow::new();
    let mut server = Server::start(&api.base, &[], &[]);
    let mut client = begin(&server);
    let mut request = api.request();
    kill_process(Pid::from_child(&server.child), Signal::TERM).expect("a signal");
    // Only when it no longer listens has the server taken notice of the signal.
    while TcpStream::connect(server.authority()).is_ok() {
        thread::yield_now();
    }
    let answer = message(
        "200 OK",
        &["content-type: application/json"],
        br#"{"late":true}"#,
    );
    request.get_mut().write_all(&answer).expect("sent");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["result"]["structuredContent"], json!({"late": true}));
    assert_eq!(server.child.wait().expect("an end").code(), Some(0));
}

#[test]
fn many_calls_with_one_id_each_get_their_own_answer() {
    let server = Server::start("http://api.test", &[], &[]);
    thread::scope(|scope| {
        for number in 0..50 {
            let server = &server;
            scope.spawn(move || {
                let result = server.call("add", json!({"a": number, "b": 1}));
                assert_eq!(result["structuredContent"]["sum"], number + 1);
            });
        }
    });
}

#[test]
fn a_client_that_asked_hears_of_a_call_that_takes_long() {
    let api = Slow::new();
    let server = Server::start(&api.base, &[], &[]);
    let call = json!({"name": "unsecured", "arguments": {}, "_meta": {"progressToken": "here"}});
    let (head, body) = modern("tools/call", call);
    let mut client = TcpStream::connect(server.authority()).expect("a connection");
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: application/json, text/event-stream\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n{head}\r\n{body}",
        body.len()
    );
    client.write_all(request.as_bytes()).expect("sent");
    let mut request = api.request();
    let mut reading = BufReader::new(client);
    let mut line = String::new();
    while !line.contains("notifications/progress") {
        line.clear();
        assert!(reading.read_line(&mut line).expect("a line") > 0);
    }
    assert!(line.contains(r#""progressToken":"here""#), "{line}");
    let answer = message("200 OK", &["content-type: text/plain"], b"at last");
    request.get_mut().write_all(&answer).expect("sent");
    while !line.contains("at last") {
        line.clear();
        assert!(reading.read_line(&mut line).expect("a line") > 0);
    }
}
