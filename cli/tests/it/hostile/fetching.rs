//! URLs of specifications that lead elsewhere, never end, serve something else, or change
//! (the synthesised case s03). Only the program that a person runs fetches them: an
//! instance is sent bytes.

use std::path::Path;
use std::time::Duration;

use super::world::TOOL;
use crate::support::clients::{Client, Era};
use crate::support::recorder::{Answer, Upstream, message};
use crate::support::served::specification;
use crate::support::{Home, Instance, Output};

/// Generates from a URL of this origin, on a thread of its own.
async fn generate(origin: &str) -> (Output, Option<Vec<u8>>) {
    let url = format!("{origin}/openapi.yaml");
    let run = move || {
        let home = Home::new();
        let target = home.path().join("crate");
        let output = home.run(&["generate", &url, "-o", &target.to_string_lossy()]);
        (output, source(&target))
    };
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

/// The specification that a crate was made from.
fn source(folder: &Path) -> Option<Vec<u8>> {
    let found = ["openapi.yaml", "openapi.json"].map(|name| folder.join(name));
    found.iter().find_map(|path| std::fs::read(path).ok())
}

fn spec() -> Vec<u8> {
    std::fs::read(specification("hostile")).expect("readable")
}

#[tokio::test]
async fn s03_a_redirect_into_the_own_network_is_not_followed() {
    let (upstream, canary) = (Upstream::start().await, Upstream::start().await);
    for location in [
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        format!("{}/openapi.yaml", canary.origin),
        format!(
            "{}/openapi.yaml",
            canary.origin.replace("127.0.0.1", "localhost")
        ),
    ] {
        let location = format!("Location: {location}");
        upstream.answers("302 Found", &[&location], "");
        let (output, written) = generate(&upstream.origin).await;
        assert_ne!(output.code, Some(0), "{location}");
        assert_eq!(written, None, "{location}");
        assert_eq!(upstream.take().len(), 1, "{location}");
    }
    assert_eq!(canary.connections(), 0);
    // Control: to the same place it is followed.
    upstream.answers("200 OK", &[], spec());
    let elsewhere = message("302 Found", &["Location: /v2/openapi.yaml"], "");
    upstream.answers_once(Answer::Bytes(elsewhere));
    let (output, written) = generate(&upstream.origin).await;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(written.is_some());
    assert_eq!(upstream.take().len(), 2);
}

#[tokio::test]
async fn s03_what_never_ends_is_given_up() {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let piece = |bytes: usize| format!("{bytes:x}\r\n{}\r\n", " ".repeat(bytes)).into_bytes();
    let flood = Answer::Endless(head.clone(), piece(1 << 20), Duration::ZERO);
    let drip = Answer::Endless(head, piece(1), Duration::from_millis(100));
    let silence = Answer::Endless(Vec::new(), Vec::new(), Duration::from_secs(1));
    let given_up = async |answer: Answer, code: i32, said: &str| {
        let upstream = Upstream::start().await;
        upstream.answers_with(answer);
        let (output, written) = generate(&upstream.origin).await;
        assert_eq!(output.code, Some(code), "{}", output.stderr);
        assert!(output.stderr.contains(said), "{}", output.stderr);
        assert_eq!(written, None);
    };
    tokio::join!(
        given_up(flood, 3, "larger than 16 MiB"),
        given_up(drip, 1, "could not be fetched"),
        given_up(silence, 1, "could not be fetched"),
    );
}

#[tokio::test]
async fn s03_a_page_is_no_specification() {
    let upstream = Upstream::start().await;
    let page = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>openapi: 3.0.3</body></html>\n";
    upstream.answers("200 OK", &["Content-Type: text/html"], page);
    let (output, written) = generate(&upstream.origin).await;
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    assert_eq!(written, None);
    // Control: it is what it says, not what it is called.
    upstream.answers("200 OK", &["Content-Type: text/html"], spec());
    let (output, _) = generate(&upstream.origin).await;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
}

/// What was fetched is what is built: nobody asks a second time.
#[tokio::test]
async fn s03_what_changes_after_the_fetch_changes_nothing() {
    let upstream = Upstream::start().await;
    let first = spec();
    let text = String::from_utf8(first.clone()).expect("text");
    let changed = text.replace("getFile", "changedFile");
    assert_ne!(changed, text);
    upstream.answers("200 OK", &[], &changed);
    upstream.answers_once(Answer::Bytes(message("200 OK", &[], &first)));
    let (output, written) = generate(&upstream.origin).await;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert_eq!(written, Some(first.clone()));
    assert_eq!(upstream.take().len(), 1);

    upstream.answers_once(Answer::Bytes(message("200 OK", &[], &first)));
    let url = format!("{}/openapi.yaml", upstream.origin);
    let up = move || {
        let home = Home::new();
        let args = [&*url, "--name", "hostile", "--engine", "process"];
        let instance = Instance::up(&home, &args);
        (instance, home)
    };
    let (instance, _home) = tokio::task::spawn_blocking(up).await.expect("no panic");
    let client = Client::connect(instance.mcp_url(), instance.token(), Era::Modern).await;
    let names = client.tool_names().await;
    assert!(names.iter().any(|name| name == TOOL), "{names:?}");
    assert_eq!(upstream.take().len(), 1, "fetched once");
    // Control: who asks again has the other.
    let (_, written) = generate(&upstream.origin).await;
    assert_eq!(written, Some(changed.into_bytes()));
}
