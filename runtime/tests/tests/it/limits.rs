//! What `--limit` changes, each just below and just above.

use std::{
    io::{Error, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::OwnedFd,
    thread,
    time::Duration,
};

use rustix::net::{AddressFamily, SocketType, bind, connect, getsockname, listen, socket};
use serde_json::{Value, json};

use crate::support::{Recorder, Server, command, error, message, modern, text};

fn limited(base: &str, limit: &str) -> Server {
    Server::start(base, &["--limit", limit], &[])
}

/// What a call of an API at `base` comes to.
fn called(base: &str, limit: &str) -> Value {
    limited(base, limit).call("unsecured", json!({}))
}

/// An API that does the same with each connection.
fn api(serve: fn(&mut TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(&mut { stream }));
        }
    });
    format!("http://{address}")
}

/// Reads until the other side goes.
fn listen_on(stream: &mut TcpStream) {
    let mut part = [0; 1024];
    while stream.read(&mut part).is_ok_and(|read| read > 0) {}
}

/// Reads the beginning of a request: an answer before that answers nothing.
fn asked(stream: &mut TcpStream) {
    let read = stream.read(&mut [0; 1024]).expect("a request");
    assert_ne!(read, 0, "a connection without a request");
}

#[test]
fn a_message_has_a_largest_size() {
    let (_, base) = Recorder::tcp();
    let server = limited(&base, "request.bytes=1000");
    for method in ["tools/list", "tools/call"] {
        let (head, body) = modern(method, json!({"name": "unsecured"}));
        let post = |length: usize| {
            let padding = " ".repeat(length - body.len());
            server.post(&head, format!("{body}{padding}").as_bytes())
        };
        assert_eq!(post(1000).0, 200, "{method}");
        let (status, said) = post(1001);
        assert_eq!(status, 413, "{method}");
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(said.contains("at most 1000 bytes"), "{said}");
    }
}

#[test]
fn a_page_of_tools_ends_at_either_limit() {
    let (_, base) = Recorder::tcp();
    let pages = |limit: &str| -> Vec<usize> {
        let server = limited(&base, limit);
        let mut sizes = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let params = match &cursor {
                Value::Null => json!({}),
                cursor => json!({ "cursor": cursor }),
            };
            let page = server.request("tools/list", params)["result"].take();
            sizes.push(page["tools"].as_array().expect("a list").len());
            cursor = page["nextCursor"].clone();
            if cursor.is_null() {
                return sizes;
            }
        }
    };
    let all: usize = pages("tools.page_tools=1000").iter().sum();
    let whole = pages(&format!("tools.page_tools={all}"));
    assert_eq!(whole, [all]);
    let cut = pages(&format!("tools.page_tools={}", all - 1));
    assert_eq!(cut, [all - 1, 1]);
    assert_eq!(pages("tools.page_bytes=1"), vec![1; all]);
}

#[test]
fn each_step_of_an_exchange_has_its_time() {
    let (queue, _held) = full_queue();
    let silent = api(listen_on);
    let stalls = api(|stream| {
        asked(stream);
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
        stream.write_all(head.as_bytes()).expect("sent");
        listen_on(stream);
    });
    let drips = api(|stream| {
        asked(stream);
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
        stream.write_all(head.as_bytes()).expect("sent");
        // A byte at a time, until the client has gone.
        let drip = Some(Duration::from_millis(50));
        stream.set_read_timeout(drip).expect("a time");
        let is_there = |error: Error| error.kind() == ErrorKind::WouldBlock;
        while stream.write_all(b"x").is_ok() && stream.read(&mut [0]).is_err_and(is_there) {}
    });
    let secure = silent.replace("http:", "https:");
    for (step, base, said) in [
        ("connect", &*queue, "it does not answer within 1 s"),
        ("tls", &secure, "TLS is not agreed on within 1 s"),
        ("headers", &silent, "did not answer within 1 s"),
        ("idle", &stalls, "sent no more of its answer within 1 s"),
        ("total", &drips, "did not finish its answer within 1 s"),
    ] {
        let result = called(base, &format!("upstream.{step}_seconds=1"));
        assert!(error(&result).contains(said), "{step}: {result}");
    }
    let (_, base) = Recorder::tcp();
    let all = "upstream.connect_seconds=1,upstream.tls_seconds=1,upstream.headers_seconds=1,upstream.idle_seconds=1";
    assert_ne!(called(&base, all)["isError"], true);
}

#[test]
fn an_answer_has_a_largest_size() {
    let (api, base) = Recorder::tcp();
    let server = limited(&base, "upstream.answer_bytes=1000");
    let answer =
        |length: usize| message("200 OK", &["content-type: text/plain"], &vec![b'x'; length]);
    api.answer_once(answer(1000));
    assert_eq!(text(&server.call("unsecured", json!({}))).len(), 1000);
    api.answer_once(answer(1001));
    let result = server.call("unsecured", json!({}));
    assert!(
        error(&result).contains("larger than 1000 bytes"),
        "{result}"
    );
}

#[test]
fn an_answer_is_shown_as_far_as_set() {
    let (api, base) = Recorder::tcp();
    let server = limited(&base, "upstream.shown_bytes=2000");
    let shown = |media: &str, body: &[u8]| {
        let media = format!("content-type: {media}");
        api.answer_once(message("200 OK", &[&media], body));
        let result = server.call("unsecured", json!({}));
        let cut = !result["_meta"]["toolmill/truncated"].is_null();
        (cut, text_or_blob(&result))
    };
    let characters = |count: usize| vec![b'x'; count];
    assert_eq!(shown("text/plain", &characters(2000)), (false, 2000));
    assert_eq!(shown("text/plain", &characters(2001)), (true, 2000));
    let list = |items: usize| format!("{{\"a\":[{}]}}", vec!["\"0123456\""; items].join(","));
    assert_eq!(
        shown("application/json", list(199).as_bytes()),
        (false, 1997)
    );
    let (cut, length) = shown("application/json", list(300).as_bytes());
    assert!(cut && length <= 2000, "{length}");
    assert_eq!(shown("application/x-any", &characters(1500)), (false, 2000));
    assert_eq!(shown("application/x-any", &characters(1501)), (true, 2000));
}

/// How many characters of the answer are shown.
fn text_or_blob(result: &Value) -> usize {
    let block = &result["content"][0];
    let shown = block["text"].as_str();
    let shown = shown.or_else(|| block["resource"]["blob"].as_str());
    shown
        .unwrap_or_else(|| panic!("nothing shown: {result}"))
        .len()
}

#[test]
fn redirects_are_followed_as_often_as_set() {
    let (api, base) = Recorder::tcp();
    let redirect = || message("302 Found", &["location: /again"], b"");
    for (most, redirects, is_followed) in [(1, 1, true), (1, 2, false), (0, 1, false), (4, 4, true)]
    {
        let server = limited(&base, &format!("upstream.redirects={most}"));
        for _ in 0..redirects {
            api.answer_once(redirect());
        }
        let result = server.call("unsecured", json!({}));
        assert_eq!(result["isError"] != true, is_followed, "{most}: {result}");
        assert_eq!(api.take().len(), redirects.min(most) + 1);
    }
}

#[test]
fn limits_are_listed_and_others_refused() {
    let output = command(&["--help"]).output().expect("it runs");
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    for known in [
        "--limit NAME=VALUE",
        "  upstream.total_seconds=30\n",
        "  request.bytes=4194304\n",
    ] {
        assert!(help.contains(known), "no {known} in {help}");
    }
    for (limit, said) in [
        (
            "upstream.total=1",
            "`upstream.total` is not a limit of this server",
        ),
        (
            "upstream.total_seconds",
            "`upstream.total_seconds` needs a whole number",
        ),
        (
            "upstream.total_seconds=-1",
            "`upstream.total_seconds` needs a whole number",
        ),
        ("upstream.redirects=1,x=1", "`x` is not a limit"),
    ] {
        let output = command(&["--limit", limit]).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{limit}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(said), "{limit}: {told}");
    }
}

/// A listener that accepts no more connections: its queue is full.
fn full_queue() -> (String, [OwnedFd; 2]) {
    let tcp = || socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    let any: SocketAddr = ([127, 0, 0, 1], 0).into();
    let listener = tcp();
    bind(&listener, &any).expect("a port");
    listen(&listener, 0).expect("a listener");
    let address = getsockname(&listener).expect("an address");
    let address = SocketAddr::try_from(address).expect("TCP");
    let first = tcp();
    connect(&first, &address).expect("one has room");
    (format!("http://{address}"), [listener, first])
}
