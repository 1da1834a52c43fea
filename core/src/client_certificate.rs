//! A client certificate as users bring it.

use rustls_pki_types::pem::{PemObject as _, SectionKind};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// The credential of a `mutualTLS` scheme (OpenAPI 3.1, Security Scheme Object): a
/// certificate and its private key. No log shows it: it has no `Debug`.
pub struct ClientCertificate {
    /// That of the key first, then those between it and its authority.
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

/// Why a text is not a usable client certificate, as the end of a sentence about it.
/// Nothing of the text is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    #[error(
        "it is not in PEM, with each `-----BEGIN …-----` and `-----END …-----` on a line of its own"
    )]
    NotPem,
    #[error("it holds no certificate")]
    NoCertificate,
    #[error("it holds no private key")]
    NoKey,
    #[error("it holds more than one private key")]
    SeveralKeys,
    #[error("its private key is encrypted, and nobody is there to give the passphrase")]
    Encrypted,
    #[error("its private key does not belong to its first certificate")]
    Mismatch,
    #[error(
        "its first certificate is damaged, or its key none of RSA with 2,048 bits or more, P-256, P-384 and Ed25519"
    )]
    Unusable,
}

impl ClientCertificate {
    /// Reads a PEM text (RFC 7468) that holds one private key, and its certificate first
    /// among the certificates. What else is in it is passed over.
    ///
    /// Whether the two belong together is not looked at: that takes cryptography.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn read(text: &str) -> Result<Self, CertificateFault> {
        if text.lines().any(is_of_an_encrypted_key) {
            return Err(CertificateFault::Encrypted);
        }
        let (mut chain, mut keys) = (Vec::new(), Vec::new());
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(text.as_bytes()) {
            // The error quotes lines, the key's among them.
            let (kind, der) = section.map_err(|_| CertificateFault::NotPem)?;
            match kind {
                SectionKind::Certificate => chain.push(CertificateDer::from(der)),
                kind => keys.extend(PrivateKeyDer::from_pem(kind, der)),
            }
        }
        let key = keys.pop();
        match (chain.is_empty(), key) {
            (true, None) => Err(CertificateFault::NotPem),
            (true, Some(_)) => Err(CertificateFault::NoCertificate),
            (false, None) => Err(CertificateFault::NoKey),
            (false, Some(_)) if !keys.is_empty() => Err(CertificateFault::SeveralKeys),
            (false, Some(key)) => Ok(Self { chain, key }),
        }
    }
}

/// RFC 7468, section 11; RFC 1421, section 4.6.1.1, as OpenSSL wrote keys for long.
fn is_of_an_encrypted_key(line: &str) -> bool {
    line.starts_with("-----BEGIN ENCRYPTED ")
        || line
            .strip_prefix("Proc-Type:")
            .is_some_and(|rest| rest.contains("ENCRYPTED"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n";
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nAwQF\n-----END PRIVATE KEY-----\n";

    fn read(text: &str) -> Result<(Vec<Vec<u8>>, Vec<u8>), CertificateFault> {
        let read = ClientCertificate::read(text)?;
        let chain = read.chain.iter().map(|certificate| certificate.to_vec());
        Ok((chain.collect(), read.key.secret_der().to_vec()))
    }

    #[test]
    fn a_chain_and_a_key_are_read_in_any_order() {
        let one = Ok((vec![vec![0, 1, 2]], vec![3, 4, 5]));
        assert_eq!(read(&format!("{CERTIFICATE}{KEY}")), one);
        assert_eq!(read(&format!("{KEY}{CERTIFICATE}")), one);
        let text = format!("Bag Attributes\n  a: b\n{KEY}\n\n{CERTIFICATE}").replace('\n', "\r\n");
        assert_eq!(read(text.trim_end()), one);
        let parameters = "-----BEGIN EC PARAMETERS-----\nBgg=\n-----END EC PARAMETERS-----\n";
        assert_eq!(read(&format!("{parameters}{KEY}{CERTIFICATE}")), one);
        let (chain, _) = read(&format!("{CERTIFICATE}{KEY}{CERTIFICATE}")).expect("readable");
        assert_eq!(chain.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_named() {
        use CertificateFault::{Encrypted, NoCertificate, NoKey, NotPem, SeveralKeys};
        let encrypted = KEY.replace("PRIVATE", "ENCRYPTED PRIVATE");
        let of_old = KEY.replace("AwQF", "Proc-Type: 4,ENCRYPTED\nDEK-Info: A,B\n\nAwQF");
        for (text, fault) in [
            (String::new(), NotPem),
            ("a-token".to_owned(), NotPem),
            (format!("{CERTIFICATE}{KEY}").replace('\n', "\\n"), NotPem),
            (
                format!("{CERTIFICATE}{KEY}").replace("AwQF", "Aw~F"),
                NotPem,
            ),
            (format!("{CERTIFICATE}{}", &KEY[..40]), NotPem),
            (KEY.to_owned(), NoCertificate),
            (CERTIFICATE.to_owned(), NoKey),
            (format!("{CERTIFICATE}{KEY}{KEY}"), SeveralKeys),
            (format!("{CERTIFICATE}{encrypted}"), Encrypted),
            (format!("{CERTIFICATE}{of_old}"), Encrypted),
        ] {
            assert_eq!(read(&text), Err(fault), "{text}");
        }
    }
}
