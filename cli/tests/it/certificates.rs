//! A client certificate as the credential of an API. What an API sees of it is in
//! `hub/tests/it/certificates.rs`.

use std::path::PathBuf;

use rcgen::{CertificateParams, KeyPair};
use serde_json::json;

use crate::support::clients::{Client, Era};
use crate::support::recorder::Upstream;
use crate::support::{Home, Instance};

const SPECIFICATION: &str = "
openapi: 3.1.0
info: { title: Safe, version: '1' }
paths:
  /things:
    get: { operationId: listThings, responses: { '200': { description: All of them. } } }
components:
  securitySchemes:
    certificate: { type: mutualTLS }
    key: { type: apiKey, in: header, name: X-Key }
security: [{ certificate: [] }]
";

/// A certificate and its key, both in PEM.
fn identity() -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["ann".to_owned()]).expect("parameters");
    let certificate = params.self_signed(&key).expect("a certificate");
    (certificate.pem(), key.serialize_pem())
}

fn write(home: &Home, name: &str, text: &str) -> PathBuf {
    let path = home.path().join(name);
    std::fs::write(&path, text).expect("written");
    path
}

#[tokio::test]
async fn a_certificate_is_a_credential_and_checked_as_one() {
    let home = Home::new();
    let upstream = Upstream::start().await;
    let specification = write(&home, "safe.yaml", SPECIFICATION);
    let specification = specification.to_str().expect("UTF-8");
    let (certificate, key) = identity();
    let pem = write(&home, "client.pem", &format!("{certificate}{key}"));
    let credential = format!("certificate=@{}", pem.display());
    let arguments = [
        specification,
        "--credential",
        &credential,
        "--base-url",
        &upstream.origin,
        "--engine",
        "process",
    ];
    let instance = Instance::up(&home, &arguments);
    let listed = home.json(&["credential", "list", "safe"]);
    assert_eq!(
        (&listed[0]["scheme"], &listed[0]["set"]),
        (&json!("certificate"), &json!(true)),
        "{listed}"
    );

    // The upstream speaks no TLS, so it is shown nothing.
    let client = Client::connect(instance.mcp_url(), instance.token(), Era::Modern).await;
    let refused = client.error("safe__listThings", json!({})).await;
    assert!(refused.contains("over https only"), "{refused}");
    assert!(upstream.take().is_empty());

    let set = |scheme: &str, text: &str| {
        let file = format!("@{}", write(&home, "next", text).display());
        home.run(&["credential", "set", "safe", scheme, &file])
    };
    let (_, other) = identity();
    let secret = key.lines().nth(1).expect("a line of the key");
    for (text, reason) in [
        ("a-token".to_owned(), "not in PEM"),
        (certificate.clone(), "no private key"),
        (key.clone(), "no certificate"),
        (format!("{certificate}{key}{other}"), "more than one"),
        (format!("{certificate}{other}"), "does not belong"),
        (
            format!("{certificate}{}", key.replace("PRIV", "ENCRYPTED PRIV")),
            "encrypted",
        ),
    ] {
        let output = set("certificate", &text);
        assert_ne!(output.code, Some(0), "{reason}");
        assert!(output.stderr.contains(reason), "{}", output.stderr);
        assert!(!output.stderr.contains(secret), "{}", output.stderr);
    }
    let both = format!("{key}{certificate}");
    assert_eq!(set("certificate", &both).code, Some(0), "control");
    // No other scheme takes it.
    let output = set("key", &both);
    assert!(output.stderr.contains("line end"), "{}", output.stderr);
    assert_eq!(set("key", "a-token").code, Some(0), "control");
    assert!(!instance.log().contains(secret));
}
