//! An API that asks who calls, and those who can say so.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ALL_VERSIONS, RootCertStore, ServerConfig, SupportedProtocolVersion};

use super::identity::{Authority, der};

/// How a server asks for certificates.
#[derive(Clone, Copy)]
pub struct Asking {
    /// Whether those who show none may come in.
    optional: bool,
    versions: &'static [&'static SupportedProtocolVersion],
}

impl Asking {
    pub const DEMANDING: Self = Self {
        optional: false,
        versions: ALL_VERSIONS,
    };
    pub const TAKING: Self = Self {
        optional: true,
        ..Self::DEMANDING
    };

    pub fn speaking(self, versions: &'static [&'static SupportedProtocolVersion]) -> Self {
        Self { versions, ..self }
    }

    /// TLS for `localhost` by one authority, which takes the clients of another.
    pub fn tls(self, servers: &Authority, clients: &Authority) -> ServerConfig {
        let mut roots = RootCertStore::empty();
        let root = clients.certificate().der().clone();
        roots.add(root).expect("a root");
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let verifier = if self.optional {
            verifier.allow_unauthenticated()
        } else {
            verifier
        };
        let (certificate, key) = servers.issue(&["localhost"], 4000);
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(self.versions)
            .expect("TLS")
            .with_client_cert_verifier(verifier.build().expect("a verifier"))
            .with_single_cert(vec![certificate.der().clone()], der(&key))
            .expect("a configuration")
    }
}

/// A client's certificate (DER), and its credential.
pub struct Identity {
    pub certificate: Vec<u8>,
    pub pem: String,
}

impl Identity {
    /// Of a client of this name, until the beginning of a year.
    pub fn of(clients: &Authority, name: &str, until: i32) -> Self {
        let (certificate, key) = clients.issue(&[name], until);
        Self {
            certificate: certificate.der().to_vec(),
            pem: format!("{}{}", certificate.pem(), key.serialize_pem()),
        }
    }
}
