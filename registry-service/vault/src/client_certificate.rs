//! Whether a client certificate can be shown.

use rustls::Error;
use rustls::crypto::ring;
use rustls::sign::CertifiedKey;
use secrecy::{ExposeSecret, SecretString};
use toolmill_core::{CertificateFault, ClientCertificate};

/// Looks at what is to be the credential of a `mutualTLS` scheme: that it is a PEM text
/// with one private key, of a kind that TLS can use, and the certificate of that key.
///
/// # Errors
/// What is wrong with it; nothing of the text is in that.
pub fn check_client_certificate(text: &SecretString) -> Result<(), CertificateFault> {
    let ClientCertificate { chain, key } = ClientCertificate::read(text.expose_secret())?;
    match CertifiedKey::from_der(chain, key, &ring::default_provider()) {
        Ok(_) => Ok(()),
        Err(Error::InconsistentKeys(_)) => Err(CertificateFault::Mismatch),
        Err(_) => Err(CertificateFault::Unusable),
    }
}
