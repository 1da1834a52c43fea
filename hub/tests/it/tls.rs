//! R18 and R17, the broker's side: whom it believes, and that it speaks HTTP/1.1 only.
//! Nothing that a tenant may say changes either; further roots are the composition root's.

use serde_json::{Value, json};
use tokio_rustls::rustls::ServerConfig;

use crate::support::api::Api;
use crate::support::identity::Authority;
use crate::support::peers::{Old, http2_flood, old_tls};
use crate::support::upstream::Upstream;
use crate::support::world::World;

/// What the broker answers for `origin`, which the API's owner named: its code, and all of it.
async fn call(known: &Authority, origin: &str) -> (String, Value) {
    let world = World::with(|config| {
        config
            .further_roots
            .push(known.certificate().der().to_vec())
    })
    .await;
    let ann = world.user_with("ann", &Api::at(origin)).await;
    let url = json!({"url": format!("{origin}/pets")});
    let answer = ann.client.fetch(url).await;
    let code = answer["headers"]["toolmill-broker-error"].as_str();
    (code.unwrap_or("none").to_owned(), answer)
}

async fn identified(known: &Authority, tls: ServerConfig) -> (String, Value, usize) {
    let upstream = Upstream::speaking(tls).await;
    let (code, answer) = call(known, &format!("https://localhost:{}", upstream.port)).await;
    (code, answer, upstream.requests().len())
}

#[tokio::test]
async fn r18_an_api_must_prove_who_it_is_to_the_broker() {
    let (known, stranger) = (Authority::new(), Authority::new());
    let good = known.identity(&["localhost"], 4000);
    let (code, answer, requests) = identified(&known, good).await;
    assert_eq!((&*code, requests), ("none", 1), "control: {answer}");
    for (tls, reason) in [
        // An authority that nobody knows, by the name of one that is known.
        (
            stranger.identity(&["localhost"], 4000),
            "invalid peer certificate",
        ),
        (known.identity(&["localhost"], 2020), "expired"),
        (known.identity(&["other.test"], 4000), "not valid for name"),
        (
            Authority::self_signed("localhost"),
            "invalid peer certificate",
        ),
    ] {
        let (code, answer, requests) = identified(&known, tls).await;
        assert_eq!((&*code, requests), ("tls", 0), "{reason}: {answer}");
        let said = answer["body"].as_str().expect("text");
        assert!(said.contains(reason), "`{reason}` in {said}");
    }
}

#[tokio::test]
async fn r18_tls_of_the_last_century_is_not_spoken_by_the_broker() {
    let known = Authority::new();
    for old in [Old::Hello(1), Old::Hello(2), Old::Alert] {
        let (port, came) = old_tls(old);
        let (code, answer) = call(&known, &format!("https://localhost:{port}")).await;
        assert_eq!(code, "tls", "{old:?}: {answer}");
        let rest = came.recv().expect("it was dialled");
        // No more than an alert, and nothing of a request.
        assert!(rest.is_empty() || rest[0] == 21, "{old:?}: {rest:?}");
    }
}

#[tokio::test]
async fn r17_the_broker_agrees_to_no_http2() {
    let known = Authority::new();
    let offering = |protocols: &[&str]| {
        let mut tls = known.identity(&["localhost"], 4000);
        let protocols = protocols.iter().map(|name| name.as_bytes().to_vec());
        tls.alpn_protocols = protocols.collect();
        tls
    };
    let (code, answer, requests) = identified(&known, offering(&["h2", "http/1.1"])).await;
    assert_eq!((&*code, requests), ("none", 1), "control: {answer}");
    let (code, answer, requests) = identified(&known, offering(&["h2"])).await;
    assert_eq!((&*code, requests), ("tls", 0), "{answer}");

    // One that speaks it all the same is left at its first byte.
    let (port, came) = http2_flood();
    let (code, answer) = call(&known, &format!("http://127.0.0.1:{port}")).await;
    assert_eq!(code, "broken-off", "{answer}");
    let asked = came.recv().expect("the broker hung up");
    assert!(asked.starts_with(b"GET /pets HTTP/1.1\r\n"));
}
