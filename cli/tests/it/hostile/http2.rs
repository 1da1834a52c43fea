//! R17: clients that speak HTTP/2 to a server that speaks HTTP/1.1. Neither the hub nor a
//! server that runs alone reads a frame of it, so there is no stream to flood.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::world::{TOOL, World};
use super::{api, file};
use crate::support::served::calling;

/// How a client begins that knows it is HTTP/2 (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];

/// Frames that cost their sender little: a head and its reset, a head without end, data
/// without any, and windows of one byte.
fn floods() -> [Vec<u8>; 4] {
    let head = [0, 0, 1, 1, 4, 0, 0, 0, 1, 0x82];
    let reset = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8];
    let continuation = [0, 0, 1, 9, 0, 0, 0, 0, 1, 0x82];
    let data = [0, 0, 0, 0, 0, 0, 0, 0, 1];
    let window = [0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    [
        [&head[..], &reset].concat(),
        continuation.to_vec(),
        data.to_vec(),
        window.to_vec(),
    ]
}

/// Everything that is answered before the connection ends, which has to end by itself.
fn answered(authority: &str, begin: &[u8], again: &[u8]) -> String {
    let mut stream = TcpStream::connect(authority).expect("a connection");
    stream.write_all(begin).expect("sent");
    let again = again.repeat(1000);
    // Until the other side has had enough.
    while stream.write_all(&again).is_ok() {}
    let mut answer = Vec::new();
    // What came before a reset is there; the reset itself is an error.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn refuses_frames(authority: &str) {
    for flood in floods() {
        let answer = answered(authority, &[PREFACE, &SETTINGS].concat(), &flood);
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(refused, "{flood:?}: {answer}");
    }
}

/// An offer to go on in HTTP/2 is passed over (RFC 9113, section 3.1; RFC 9110, section 7.8).
fn stays(authority: &str, token: &str, tool: &str) {
    let body = calling(tool, &file("q", "x"));
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\n\
         Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\
         Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
         MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: {tool}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(authority).expect("a connection");
    stream.write_all(head.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\"isError\":false"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_server_reads_no_frames() {
    let api = api().await;
    let authority = api.server.url.trim_start_matches("http://");
    let authority = authority.trim_end_matches("/mcp");
    refuses_frames(authority);
    stays(authority, "unused", "getFile");
    let called = api.upstream.take();
    assert_eq!(called.len(), 1, "control: the call was made");
    api.call("getFile", file("q", "x")).await.request();
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_the_hub_reads_no_frames() {
    let world = World::new().await;
    refuses_frames(world.authority());
    stays(world.authority(), world.instance.token(), TOOL);
    assert_eq!(world.upstream.take().len(), 1, "control: the call was made");
    let client = world.client(world.instance.token()).await;
    client.value(TOOL, file("q", "x")).await;
}
