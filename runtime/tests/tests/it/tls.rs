//! TLS to the API: whom the server believes.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd,
};
use rustls::{
    ConfigBuilder, RootCertStore, ServerConfig, WantsVerifier,
    crypto::ring,
    pki_types::PrivateKeyDer,
    server::{WantsServerCert, WebPkiClientVerifier},
};
use serde_json::json;

use crate::support::{Recorder, Server, command, error};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a root")
}

fn config(authority: &Authority, name: &str, until: i32) -> ServerConfig {
    let (certificate, key) = certificate(authority, name, until);
    configured(certificate, &key, |builder| builder.with_no_client_auth())
}

fn certificate(authority: &Authority, name: &str, until: i32) -> (Certificate, KeyPair) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    params.not_after = date_time_ymd(until, 1, 1);
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    (certificate, key)
}

fn configured(
    certificate: Certificate,
    key: &KeyPair,
    clients: impl FnOnce(
        ConfigBuilder<ServerConfig, WantsVerifier>,
    ) -> ConfigBuilder<ServerConfig, WantsServerCert>,
) -> ServerConfig {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS");
    clients(builder)
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a configuration")
}

/// An API that takes only clients with a certificate of the same authority.
fn strict(authority: &Authority) -> ServerConfig {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).expect("a root");
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .expect("a verifier");
    let (certificate, key) = certificate(authority, "localhost", 4000);
    configured(certificate, &key, |builder| {
        builder.with_client_cert_verifier(verifier)
    })
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

#[test]
fn a_client_certificate_is_shown_where_an_operation_asks_for_it() {
    let authority = authority();
    let folder = tempfile::tempdir().expect("a folder");
    let written = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let (certificate, key) = certificate(&authority, "client", 4000);
    let roots = written("roots.pem", &authority.pem());
    let both = written("both.pem", &(certificate.pem() + &key.serialize_pem()));
    let one = written("certificate.pem", &certificate.pem());
    let other = written("key.pem", &key.serialize_pem());
    for files in [both, format!("{one},{other}")] {
        let (api, base) = Recorder::tls(strict(&authority), "localhost");
        let environment = [
            ("SSL_CERT_FILE", roots.as_str()),
            ("CREDENTIAL_CERTIFICATE", &files),
        ];
        let server = Server::start(&base, &[], &environment);
        for _ in 0..2 {
            let result = server.call("securedCertificate", json!({}));
            assert_ne!(result["isError"], true, "{result}");
            assert_eq!(api.take_one().line, "GET /secured HTTP/1.1");
        }
        // An operation that does not ask for it goes out without, on another connection.
        error(&server.call("unsecured", json!({})));
        assert!(api.take().is_empty());
    }
}

#[test]
fn a_client_certificate_that_is_none_ends_the_server_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").expect("a file");
    // Without its line breaks, as some stores of secrets hand it out.
    let flat = folder.path().join("flat.pem");
    let secret = "MIIEsecret";
    let section = format!("-----BEGIN CERTIFICATE-----{secret}-----END CERTIFICATE-----\n");
    std::fs::write(&flat, section).expect("a file");
    let files = [&empty, &flat].map(|file| file.to_str().expect("UTF-8"));
    for path in [&["/nowhere.pem"][..], &files].concat() {
        let output = command(&["--stdio"])
            .env("CREDENTIAL_CERTIFICATE", path)
            .output()
            .expect("the server runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains(path) && said.contains("`certificate`"),
            "{said}"
        );
        let bytes = format!("{:?}", secret.as_bytes());
        let bytes = bytes.trim_matches(['[', ']']);
        assert!(!said.contains(secret) && !said.contains(bytes), "{said}");
    }
}
