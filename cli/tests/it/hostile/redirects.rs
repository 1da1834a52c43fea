//! Where an API wants to send its callers, and who it says it is.

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;

use super::{TOKEN, api, file};
use crate::support::recorder::{Answer, Upstream, message};
use crate::support::served::{Start, specification};

fn redirect(status: &str, location: &str) -> Answer {
    Answer::Bytes(message(status, &[&format!("Location: {location}")], ""))
}

#[tokio::test]
async fn r09_a_redirect_to_another_host_is_not_followed() {
    let api = api().await;
    let other = Upstream::start().await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        for location in [
            format!("{}/v1/x", other.origin),
            format!("{}/v1/x", other.origin.replace("http:", "")),
        ] {
            api.upstream.answers_with(redirect(status, &location));
            let called = api.call("getFile", file("q", "x")).await;
            called.fails(&[&status[..3]]);
            assert_eq!(called.requests.len(), 1);
            assert!(
                !called.result.to_string().contains(&other.origin),
                "{}",
                called.result
            );
        }
    }
    assert_eq!(other.connections(), 0);
    // Control: on the same origin it is followed, with the credential.
    api.upstream.answers("200 OK", &[], "");
    api.upstream
        .answers_once(redirect("302 Found", "/v1/moved"));
    let called = api.call("getFile", file("q", "x")).await;
    assert_eq!(called.requests[1].asked(), "GET /v1/moved");
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(
        called.requests[1].header("authorization"),
        Some(bearer.as_str())
    );
}

#[tokio::test]
async fn r10_a_redirect_into_the_own_network_is_not_dialled() {
    let api = api().await;
    let canary = Upstream::start().await;
    let port = canary.origin.rsplit(':').next().expect("a port");
    for location in [
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("{}/mcp", api.server.url),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        api.upstream.answers_with(redirect("302 Found", &location));
        let called = api.call("getFile", file("q", "x")).await;
        called.fails(&["302"]);
        assert_eq!(called.requests.len(), 1, "{location}");
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn r11_no_body_is_redirected_and_no_loop_is_endless() {
    let api = api().await;
    let other = Upstream::start().await;
    for status in ["307 Temporary Redirect", "308 Permanent Redirect"] {
        for location in [format!("{}/v1/x", other.origin), "/v1/x".to_owned()] {
            api.upstream.answers_with(redirect(status, &location));
            let called = api.call("putFile", file("a", "x")).await;
            called.fails(&[&status[..3]]);
            assert_eq!(called.requests.len(), 1);
        }
    }
    assert_eq!(other.connections(), 0);
    api.upstream
        .answers_with(redirect("302 Found", "/v1/round"));
    let called = api.call("getFile", file("q", "x")).await;
    called.fails(&["redirect"]);
    assert_eq!(called.requests.len(), 4, "the request and three redirects");
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a root")
}

fn identity(authority: &Authority, name: &str, until: i32) -> ServerConfig {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    params.not_after = date_time_ymd(until, 1, 1);
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a configuration")
}

/// What became of a call to an API with this identity; whether a request arrived.
async fn call(tls: ServerConfig, roots: &Path) -> Result<(), String> {
    let upstream = Upstream::secure(tls, "localhost").await;
    let start = Start::of(specification("hostile")).roots(roots);
    let start = start.credentials(json!({ "token": TOKEN }));
    let api = start.start_for(upstream).await;
    let called = api.call("getFile", file("q", "x")).await;
    if called.result["isError"] == true {
        return Err(called.refused(&[]).to_owned());
    }
    called.sends("GET /v1/users/7/files/a.txt?q=x");
    Ok(())
}

#[tokio::test]
async fn r18_an_api_must_prove_who_it_is() {
    let (known, stranger) = (authority(), authority());
    let folder = tempfile::tempdir().expect("a folder");
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, known.pem()).expect("written");
    assert_eq!(
        call(identity(&known, "localhost", 4000), &roots).await,
        Ok(()),
        "control"
    );
    for (tls, reason) in [
        (
            identity(&stranger, "localhost", 4000),
            "invalid peer certificate",
        ),
        (identity(&known, "localhost", 2020), "expired"),
        (identity(&known, "other.test", 4000), "not valid for name"),
    ] {
        let refused = call(tls, &roots).await.expect_err(reason);
        assert!(refused.contains(reason), "{refused}");
    }
}
