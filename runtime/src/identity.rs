//! The client certificate of a server that runs alone (OpenAPI, Security Scheme Object, `mutualTLS`).

use tokio_rustls::rustls::pki_types::{
    CertificateDer, PrivateKeyDer,
    pem::{self, PemObject as _},
};

/// A certificate, those between it and its root, and its key. No log shows it: it has no `Debug`.
pub(crate) struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Reads a PEM file that holds both, or `CERTIFICATE,KEY`, a file for each.
    ///
    /// # Errors
    /// A sentence about the files, never with what is in them.
    pub(crate) fn read(scheme: &str, files: &str) -> Result<Self, String> {
        let (certificate, key) = files.split_once(',').unwrap_or((files, files));
        let (certificate, key) = (certificate.trim(), key.trim());
        let fault = |path: &str, error: pem::Error| {
            let (scheme, reason) = (scheme.escape_default(), reason(&error));
            format!("The client certificate of `{scheme}` can not be read from `{path}`: {reason}.")
        };
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| fault(certificate, error))?;
        if chain.is_empty() {
            return Err(fault(certificate, pem::Error::NoItemsFound));
        }
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| fault(key, error))?;
        Ok(Self { chain, key })
    }

    /// What TLS takes.
    pub(crate) fn parts(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        (self.chain.clone(), self.key.clone_key())
    }
}

/// What is wrong with a file. The error's own text quotes lines of it, the key's among them.
fn reason(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) => error.to_string(),
        pem::Error::NoItemsFound => "it holds no such section".to_owned(),
        _ => "it is not in PEM, with each `-----BEGIN …-----` and `-----END …-----` on a line of its own"
            .to_owned(),
    }
}
