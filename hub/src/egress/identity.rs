//! Who a connection says it is: TLS with the caller's client certificate, or without.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use sha2::Sha256;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::{Resumption, WantsClientCert, WebPkiServerVerifier};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{self, ClientConfig, ConfigBuilder, RootCertStore};
use toolmill_core::{CertificateFault, ClientCertificate, Error, SecurityScheme};

use super::credential::Credential;
use super::refusal::Refusal;
use crate::recent::Recent;

/// What tells one certificate and key from another: SHA-256 of their text.
pub(super) type Digest = [u8; 32];

/// A key stays in memory for so long after it was read, and at most so many do.
const KEPT_FOR: Duration = Duration::from_secs(300);
const KEPT: usize = 64;
/// Sessions that can be resumed, of one identity. A resumed one is still that
/// identity's, so they are never shared (RFC 8446, section 4.6.1).
const SESSIONS: usize = 16;

/// A client certificate that is ready to be shown. No log shows it: it has no `Debug`.
pub(super) struct Identity<'a> {
    /// The scheme it is the credential for.
    pub(super) scheme: &'a str,
    pub(super) digest: Digest,
    connector: TlsConnector,
}

/// Sets TLS up for whoever a request is sent as.
pub(super) struct Identities {
    server: ConfigBuilder<ClientConfig, WantsClientCert>,
    nobody: TlsConnector,
    recent: Recent<Digest, TlsConnector>,
}

impl Identities {
    /// Trusts the web's certificate authorities, and `further` ones (DER).
    pub(super) fn new(further: &[Vec<u8>]) -> Result<Self, Error> {
        let failed = |error| Error::internal("TLS cannot be set up.", error);
        let provider = Arc::new(ring::default_provider());
        let roots = Arc::new(roots(further)?);
        let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
            .build()
            .map_err(|error| Error::internal("TLS cannot be set up.", error))?;
        let server = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .with_webpki_verifier(verifier);
        Ok(Self {
            nobody: connector(server.clone().with_no_client_auth()),
            server,
            recent: Recent::new(KEPT_FOR, KEPT),
        })
    }

    /// The identity among the credentials of a request, if one is.
    pub(super) fn of<'a>(
        &self,
        credentials: &[Credential<'a>],
    ) -> Result<Option<Identity<'a>>, Refusal> {
        let is_certificate = |shown: &&Credential<'_>| *shown.scheme == SecurityScheme::MutualTls;
        let mut certificates = credentials.iter().filter(is_certificate);
        let Some(certificate) = certificates.next() else {
            return Ok(None);
        };
        if let Some(further) = certificates.next() {
            return Err(further.unusable("a connection shows one client certificate, not two"));
        }
        let digest = digest(certificate);
        let connector = match self.recent.recall(&digest) {
            Ok(connector) => connector,
            Err(asked) => {
                let unusable = |fault| Refusal::CertificateUnusable {
                    scheme: certificate.name.to_owned(),
                    fault,
                };
                let connector = self.showing(certificate).map_err(unusable)?;
                self.recent.remember(asked, digest, connector.clone());
                connector
            }
        };
        Ok(Some(Identity {
            scheme: certificate.name,
            digest,
            connector,
        }))
    }

    /// What makes connections as this identity, or as nobody in particular.
    pub(super) fn connector<'a>(&'a self, identity: Option<&'a Identity<'_>>) -> &'a TlsConnector {
        identity.map_or(&self.nobody, |identity| &identity.connector)
    }

    fn showing(&self, certificate: &Credential<'_>) -> Result<TlsConnector, CertificateFault> {
        let ClientCertificate { chain, key } =
            ClientCertificate::read(certificate.secret.expose_secret())?;
        let server = self.server.clone();
        let mut config = server
            .with_client_auth_cert(chain, key)
            .map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => CertificateFault::Mismatch,
                _ => CertificateFault::Unusable,
            })?;
        config.resumption = Resumption::in_memory_sessions(SESSIONS);
        Ok(connector(config))
    }
}

fn digest(certificate: &Credential<'_>) -> Digest {
    use sha2::Digest as _;
    Sha256::digest(certificate.secret.expose_secret()).into()
}

fn connector(mut config: ClientConfig) -> TlsConnector {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config))
}

fn roots(further: &[Vec<u8>]) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for certificate in further {
        let certificate = CertificateDer::from(certificate.as_slice());
        roots.add(certificate).map_err(|error| {
            Error::invalid(
                format!("A certificate authority cannot be used: {error}."),
                "It must be one X.509 certificate in DER.",
            )
        })?;
    }
    Ok(roots)
}
