//! R12, for documents that a specification refers to: they are fetched from public
//! addresses only, whatever names say. The broker's side is in `hub/tests/it/rebinding.rs`.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::names::{Answer, Names};
use super::namespace::{self, METADATA, PUBLIC};
use crate::support::Home;
use crate::support::recorder::{Answer as Sent, Upstream, message};

#[test]
fn r12_documents_are_fetched_from_public_addresses_only() {
    let Some(output) = namespace::run("hostile::rebinding::where_names_are_made_up") else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test above"]
async fn where_names_are_made_up() {
    let inner = Answer {
        alias: Some("inner.test"),
        ..Answer::of(&["127.0.0.1"])
    };
    let public = Answer::of(&[PUBLIC]);
    let zone = Names::serve([
        ("public.test", vec![public.clone()]),
        ("rebinds.test", vec![public, Answer::of(&["127.0.0.1"])]),
        ("mixed.test", vec![Answer::of(&["127.0.0.1", PUBLIC])]),
        ("deaf.test", vec![Answer::of(&["11.22.33.45", "127.0.0.1"])]),
        ("alias.test", vec![inner]),
        ("mapped.test", vec![Answer::of(&["::ffff:169.254.169.254"])]),
        ("metadata.test", vec![Answer::of(&[METADATA])]),
    ]);
    let upstream = Upstream::at(&format!("{PUBLIC}:80")).await;
    let document = message("200 OK", &["Connection: close"], "{ type: boolean }\n");
    upstream.answers_with(Sent::Last(document));
    let met = canaries(&["127.0.0.1:80", &format!("{METADATA}:80"), "[::1]:80"]);
    for (name, fetched) in [
        ("public.test", true),
        ("rebinds.test", true),
        ("rebinds.test", false),
        ("mixed.test", true),
        ("deaf.test", false),
        ("alias.test", false),
        ("mapped.test", false),
        ("metadata.test", false),
    ] {
        let (before, requests) = (zone.asked(name), upstream.take().len());
        assert_eq!(requests, 0);
        let said = bundle(name);
        assert_eq!(said.is_ok(), fetched, "{name}: {said:?}");
        assert_eq!(upstream.take().len(), usize::from(fetched), "{name}");
        assert_eq!(zone.asked(name) - before, 1, "`{name}` is looked up once");
    }
    assert_eq!(met.load(Ordering::Relaxed), 0);
}

/// Bundles a specification that refers to a document of `host`; what it said where it did not.
fn bundle(host: &str) -> Result<(), String> {
    let home = Home::new();
    let spec = home.path().join("spec.yaml");
    let text = format!(
        "openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths: {{}}\n\
         components: {{ schemas: {{ A: {{ $ref: 'http://{host}/b.yaml' }} }} }}\n"
    );
    std::fs::write(&spec, text).expect("written");
    let output = home.run(&["bundle", &spec.to_string_lossy(), "--allow-remote"]);
    match output.code {
        Some(0) if output.stdout.contains("boolean") => Ok(()),
        _ => Err(output.stderr),
    }
}

/// Counts whoever connects to these addresses.
fn canaries(addresses: &[&str]) -> Arc<AtomicUsize> {
    let met = Arc::new(AtomicUsize::new(0));
    for address in addresses {
        let address: SocketAddr = address.parse().expect("an address");
        let listener = TcpListener::bind(address).expect("a port");
        let met = Arc::clone(&met);
        std::thread::spawn(move || {
            while listener.accept().is_ok() {
                met.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    met
}
