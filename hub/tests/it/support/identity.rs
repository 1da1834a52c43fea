//! Who an API says it is: certificates of authorities that a test makes up.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A certificate authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a root"))
    }

    pub fn certificate(&self) -> &Certificate {
        self.0.as_ref()
    }

    /// A certificate for these names, until the beginning of a year.
    pub fn issue(&self, names: &[&str], until: i32) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let mut params = parameters(names);
        params.not_after = date_time_ymd(until, 1, 1);
        let certificate = params.signed_by(&key, &self.0);
        (certificate.expect("a certificate"), key)
    }

    /// TLS for these names, until the beginning of a year.
    pub fn identity(&self, names: &[&str], until: i32) -> ServerConfig {
        let (certificate, key) = self.issue(names, until);
        configuration(&certificate, &key)
    }

    /// TLS for a name that nobody but its owner vouches for.
    pub fn self_signed(name: &str) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters(&[name]).self_signed(&key);
        configuration(&certificate.expect("a certificate"), &key)
    }
}

fn parameters(names: &[&str]) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    CertificateParams::new(names).expect("parameters")
}

fn configuration(certificate: &Certificate, key: &KeyPair) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], der(key))
        .expect("a configuration")
}

pub fn der(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).expect("a key")
}
