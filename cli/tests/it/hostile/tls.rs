//! R18 and R17, a server that runs alone: whom it believes, and that it speaks HTTP/1.1 only.
//! The broker's side is in `hub/tests/it/tls.rs`.

use std::path::Path;

use rustls::ServerConfig;
use serde_json::json;

use super::identity::Authority;
use super::peers::{Old, http2_flood, old_tls};
use super::{TOKEN, file};
use crate::support::recorder::Upstream;
use crate::support::served::{Called, Start, specification};

/// A folder with a file of the only root that servers know.
fn roots(known: &Authority) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let pem = known.certificate().pem();
    std::fs::write(folder.path().join("roots.pem"), pem).expect("written");
    folder
}

/// What became of a call to an API that is `upstream`.
async fn call(upstream: Upstream, roots: &Path) -> Called {
    let start = Start::of(specification("hostile")).roots(&roots.join("roots.pem"));
    let start = start.credentials(json!({ "token": TOKEN }));
    start
        .start_for(upstream)
        .await
        .call("getFile", file("q", "x"))
        .await
}

async fn identified(tls: ServerConfig, roots: &Path) -> Called {
    call(Upstream::secure(tls, "localhost").await, roots).await
}

#[tokio::test]
async fn r18_an_api_must_prove_who_it_is() {
    let (known, stranger) = (Authority::new(), Authority::new());
    let roots = roots(&known);
    let good = identified(known.identity(&["localhost"], 4000), roots.path()).await;
    good.sends("GET /v1/users/7/files/a.txt?q=x");
    for (tls, reason) in [
        // An authority that nobody knows, by the name of one that is known.
        (
            stranger.identity(&["localhost"], 4000),
            "invalid peer certificate",
        ),
        (
            Authority::self_signed("localhost"),
            "invalid peer certificate",
        ),
        (known.identity(&["localhost"], 2020), "expired"),
        (known.identity(&["other.test"], 4000), "not valid for name"),
    ] {
        identified(tls, roots.path()).await.refused(&[reason]);
    }
}

#[tokio::test]
async fn r18_tls_of_the_last_century_is_not_spoken() {
    let roots = roots(&Authority::new());
    for old in [Old::Hello(1), Old::Hello(2), Old::Alert] {
        let (port, came) = old_tls(old);
        let upstream = Upstream::elsewhere(&format!("https://localhost:{port}")).await;
        let called = call(upstream, roots.path()).await;
        called.refused(&["TLS"]);
        let rest = came.recv().expect("it was dialled");
        // No more than an alert, and nothing of a request.
        assert!(rest.is_empty() || rest[0] == 21, "{old:?}: {rest:?}");
    }
}

#[tokio::test]
async fn r17_a_server_agrees_to_no_http2() {
    let known = Authority::new();
    let roots = roots(&known);
    for protocols in [&["h2", "http/1.1"][..], &["h2"]] {
        let mut tls = known.identity(&["localhost"], 4000);
        let offered = protocols.iter().map(|name| name.as_bytes().to_vec());
        tls.alpn_protocols = offered.collect();
        let called = identified(tls, roots.path()).await;
        called.sends("GET /v1/users/7/files/a.txt?q=x");
    }
    // One that speaks it all the same is left at once.
    let (port, came) = http2_flood();
    let upstream = Upstream::elsewhere(&format!("http://127.0.0.1:{port}")).await;
    let called = call(upstream, roots.path()).await;
    called.fails(&["HTTP"]);
    let asked = came.recv().expect("the server hung up");
    assert!(asked.starts_with(b"GET /v1/users/7/files/a.txt?q=x HTTP/1.1\r\n"));
}

/// No crate that a server or the platform is made of speaks it; one that comes to do so
/// shall know of the floods (RUSTSEC-2024-0332, RUSTSEC-2026-0258).
#[test]
fn r17_nothing_is_linked_that_speaks_http2() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let has = |lock: &str, name: &str| lock.contains(&format!("\nname = \"{name}\"\n"));
    for lock in ["Cargo.lock", "runtime/Cargo.lock"] {
        let text = std::fs::read_to_string(root.join(lock)).expect("readable");
        assert!(has(&text, "hyper"), "control: {lock}");
        assert!(!has(&text, "h2"), "{lock}");
    }
}
