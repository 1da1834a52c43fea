//! Who an API says it is: certificates of authorities that a test makes up.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd,
};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ALL_VERSIONS, RootCertStore, ServerConfig, SupportedProtocolVersion};

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

    /// TLS for these names, until the beginning of a year.
    pub fn identity(&self, names: &[&str], until: i32) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let mut params = parameters(names);
        params.not_after = date_time_ymd(until, 1, 1);
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        configuration(&certificate, &key)
    }

    /// TLS for `localhost` that asks who calls, and takes whom `clients` knows.
    pub fn asking(&self, clients: &Self, asking: Asking) -> ServerConfig {
        let mut roots = RootCertStore::empty();
        let root = clients.certificate().der().clone();
        roots.add(root).expect("a root");
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let verifier = match asking.who {
            Who::Known => verifier,
            Who::Anybody => verifier.allow_unauthenticated(),
        };
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters(&["localhost"]).signed_by(&key, &self.0);
        let chain = vec![certificate.expect("a certificate").der().clone()];
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(asking.versions)
            .expect("TLS")
            .with_client_cert_verifier(verifier.build().expect("a verifier"))
            .with_single_cert(chain, der(&key))
            .expect("a configuration")
    }

    /// A client of this name, until the beginning of a year.
    pub fn client(&self, name: &str, until: i32) -> Client {
        let key = KeyPair::generate().expect("a key");
        let mut params = parameters(&[name]);
        params.not_after = date_time_ymd(until, 1, 1);
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        Client {
            certificate: certificate.der().to_vec(),
            pem: format!("{}{}", certificate.pem(), key.serialize_pem()),
        }
    }

    /// TLS for a name that nobody but its owner vouches for.
    pub fn self_signed(name: &str) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters(&[name]).self_signed(&key);
        configuration(&certificate.expect("a certificate"), &key)
    }
}

/// How a server asks for certificates.
#[derive(Clone, Copy)]
pub struct Asking {
    who: Who,
    versions: &'static [&'static SupportedProtocolVersion],
}

/// Who may come in.
#[derive(Clone, Copy)]
enum Who {
    Known,
    Anybody,
}

impl Asking {
    /// Whoever shows none stays out.
    pub const DEMANDING: Self = Self {
        who: Who::Known,
        versions: ALL_VERSIONS,
    };
    pub const TAKING: Self = Self {
        who: Who::Anybody,
        versions: ALL_VERSIONS,
    };

    pub fn speaking(self, versions: &'static [&'static SupportedProtocolVersion]) -> Self {
        Self { versions, ..self }
    }
}

/// A client's certificate (DER), and its credential.
pub struct Client {
    pub certificate: Vec<u8>,
    pub pem: String,
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

fn der(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).expect("a key")
}
