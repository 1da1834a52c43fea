//! TLS to the API: whom the server believes.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use serde_json::json;

use crate::support::{Recorder, Server, error};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a root")
}

fn config(authority: &Authority, name: &str, until: i32) -> ServerConfig {
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

#[test]
fn a_certificate_has_to_be_valid_for_the_host_and_from_a_known_root() {
    let authority = authority();
    let folder = tempfile::tempdir().expect("a folder");
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, authority.pem()).expect("a file");
    let roots = roots.to_str().expect("UTF-8");
    for (name, until, host, known, reason) in [
        ("localhost", 4000, "localhost", roots, None),
        ("127.0.0.1", 4000, "127.0.0.1", roots, None),
        ("localhost", 4000, "localhost", "", Some("UnknownIssuer")),
        (
            "other.test",
            4000,
            "localhost",
            roots,
            Some("not valid for name"),
        ),
        ("localhost", 2020, "localhost", roots, Some("expired")),
        (
            "localhost",
            4000,
            "localhost",
            "/nowhere",
            Some("SSL_CERT_FILE"),
        ),
    ] {
        let (api, base) = Recorder::tls(config(&authority, name, until), host);
        let server = Server::start(&base, &[], &[("SSL_CERT_FILE", known)]);
        let result = server.call("unsecured", json!({}));
        match reason {
            None => {
                assert_ne!(result["isError"], true, "{result}");
                assert_eq!(api.take_one().line, "GET /secured HTTP/1.1");
            }
            Some(reason) => {
                assert!(error(&result).contains(reason), "{result}");
                assert!(api.take().is_empty());
            }
        }
    }
}

#[test]
fn an_api_without_tls_is_not_spoken_to_in_plain() {
    let (api, base) = Recorder::tcp();
    let server = Server::start(&base.replace("http:", "https:"), &[], &[]);
    assert!(error(&server.call("unsecured", json!({}))).contains("TLS failed"));
    assert!(
        api.take()
            .iter()
            .all(|request| !request.line.contains("HTTP"))
    );
}
