//! Specifications that are too much for an instance: too long, compressed, or too many
//! at once (the synthesised cases s01, s02 and s04).

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::future::join_all;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};

use super::file;
use super::specs::hostile;
use super::world::{TOOL, World};
use crate::support::clients;
use crate::support::served::specification;

/// What a valid specification of 200 MB begins with.
const HEADER: &str = "openapi: 3.0.3\ninfo: { title: Spaces, version: '1' }\npaths: {}\n";
const MEGABYTE: usize = 1_000_000;

/// Sends a specification of 200 MB until nobody reads on; how much was taken, and the answer.
fn pour(world: &World, more: &str, piece: &[u8]) -> (usize, String) {
    let (authority, token) = (world.authority(), world.instance.token());
    let mut stream = TcpStream::connect(authority).expect("a connection");
    let head = format!(
        "POST /api/v1/apis?name=spaces HTTP/1.1\r\nHost: {authority}\r\n\
         Authorization: Bearer {token}\r\n{more}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("sent");
    let mut taken = 0;
    while taken < 200 * MEGABYTE && stream.write_all(piece).is_ok() {
        taken += piece.len();
    }
    let mut answer = Vec::new();
    // An answer that came before a reset is there; the reset itself is an error.
    let _ = stream.read_to_end(&mut answer);
    (taken, String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn s01_two_hundred_megabytes_are_refused_before_they_are_read() {
    let world = World::new().await;
    let length = format!("Content-Length: {}", 200 * MEGABYTE);
    let spaces = " ".repeat(MEGABYTE);
    let chunk = format!("{:x}\r\n{spaces}\r\n", MEGABYTE);
    // Some of what comes after the refusal is thrown away, and sockets hold a little.
    for (framing, piece) in [(&*length, &spaces), ("Transfer-Encoding: chunked", &chunk)] {
        let (taken, answer) = pour(&world, framing, piece.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 413 "), "{framing}: {answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
        assert!(taken < 64 * MEGABYTE, "{framing}: {taken} bytes were taken");
    }
    let padded = format!("{HEADER}{}", " ".repeat(8 * MEGABYTE));
    let (status, answer) = upload(&world, "padded", None, padded.into_bytes()).await;
    assert_eq!(status, 202, "control: {answer}");
}

#[tokio::test]
async fn s02_compressed_specifications_are_not_unpacked() {
    let world = World::new().await;
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(HEADER.as_bytes()).expect("packed");
    let spaces = vec![b' '; MEGABYTE];
    for _ in 0..1000 {
        bomb.write_all(&spaces).expect("packed");
    }
    // One layer of 1 GB, packed again and again: 10 GB in no more than a megabyte.
    let one = bomb.finish().expect("packed");
    let ten = one.repeat(10);
    assert!(ten.len() < 16 * MEGABYTE);
    for (encoding, bytes, status) in [
        (Some("gzip"), &ten, 415),
        (Some("identity, gzip"), &ten, 415),
        (Some("br"), &ten, 415),
        (None, &ten, 422),
        (None, &b"PK\x03\x04\x14\0\0\0".repeat(1000), 422),
    ] {
        let (found, answer) = upload(&world, "packed", encoding, bytes.clone()).await;
        assert_eq!(found, status, "{encoding:?}: {answer}");
        assert_eq!(answer["status"], status, "{answer}");
    }
    assert!(world.instance.peak() < 512 << 10, "memory stays flat");
    let plain = std::fs::read(specification("hostile")).expect("readable");
    for encoding in [None, Some("identity")] {
        let (status, answer) = upload(&world, "plain", encoding, plain.clone()).await;
        assert_eq!(status, 202, "control: {answer}");
    }
}

/// Posts a specification; the status and the answer.
async fn upload(world: &World, name: &str, encoding: Option<&str>, body: Vec<u8>) -> (u16, Value) {
    let mut request = clients::http().post(address(world, name)).body(body);
    if let Some(encoding) = encoding {
        request = request.header("content-encoding", encoding);
    }
    let request = request.bearer_auth(world.instance.token());
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

fn address(world: &World, name: &str) -> String {
    format!("http://{}/api/v1/apis?name={name}", world.authority())
}

/// Deep, self-multiplying and endlessly aliased ones, or some of the own.
fn costly() -> Vec<Vec<u8>> {
    let shared = hostile().into_iter().filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        ["c08-", "c12-", "c14-"]
            .iter()
            .any(|case| name.starts_with(case))
    });
    let mut bodies: Vec<_> = shared
        .map(|path| std::fs::read(path).expect("readable"))
        .collect();
    let deep = format!("{HEADER}x-deep: {}{}", "[".repeat(5000), "]".repeat(5000));
    bodies.push(deep.into_bytes());
    let mut aliases = format!("{HEADER}x-0: &a0 [x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        let eight = [before.as_str(); 8].join(", ");
        aliases.push_str(&format!("x-{level}: &a{level} [{eight}]\n"));
    }
    bodies.push(aliases.into_bytes());
    bodies
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_sixty_four_imports_at_once_leave_room_for_others() {
    const AT_ONCE: usize = 64;
    let world = World::new().await;
    world.share().await;
    let guest = world.client(&world.guest).await;
    guest.value(TOOL, file("q", "x")).await;
    let bodies = costly();
    let (http, done) = (clients::http(), AtomicBool::new(false));
    let import = async |token: &str, name: String, body: Vec<u8>| {
        let request = http.post(address(&world, &name)).bearer_auth(token);
        let answer = request.body(body).send().await.expect("an answer");
        let waits = answer.headers().contains_key(RETRY_AFTER);
        (answer.status().as_u16(), waits)
    };
    let plain = std::fs::read(specification("hostile")).expect("readable");
    let storm = async {
        let imports = (0..AT_ONCE).map(|one| {
            let body = bodies[one % bodies.len()].clone();
            import(world.instance.token(), format!("costly-{one}"), body)
        });
        let answers = join_all(imports).await;
        done.store(true, Ordering::Relaxed);
        answers
    };
    let neighbour = async {
        // Whatever the other has on the way, this user has nothing.
        let (status, _) = import(&world.guest, "own".to_owned(), plain.clone()).await;
        let mut calls = 0;
        while !done.load(Ordering::Relaxed) {
            guest.value(TOOL, file("q", "x")).await;
            calls += 1;
        }
        (status, calls)
    };
    let (answers, (status, _)) = tokio::join!(storm, neighbour);
    assert_eq!(status, 202, "another user's import");
    let put_off: Vec<_> = answers
        .iter()
        .filter(|(status, _)| matches!(status, 429 | 503))
        .collect();
    assert!(!put_off.is_empty(), "the pool is bounded: {answers:?}");
    assert!(put_off.iter().all(|(_, waits)| *waits), "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|(status, _)| matches!(status, 202 | 422 | 429 | 503)),
        "{answers:?}"
    );
    assert!(put_off.len() < AT_ONCE, "control: some were read");
    guest
        .value(TOOL, json!({ "id": "7", "name": "a.txt", "q": "y" }))
        .await;
    // Control: once the others are through, there is room again.
    let (status, _) = import(world.instance.token(), "later".to_owned(), plain).await;
    assert_eq!(status, 202);
}
