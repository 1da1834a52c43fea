//! New connections: TCP, TLS, or the egress broker's unix socket.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    },
};

use super::{
    Route, SendError,
    prompt::{Awaited, Prompt},
};
use crate::{base::Origin, identity::Identity, limits::Upstream};

/// The most that an answer's head may take, in bytes and in lines.
const HEAD_BYTES: usize = 64 * 1024;
const HEAD_LINES: usize = 100;

/// One type for all streams, so that HTTP is compiled once.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that carries one exchange at a time.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) sender: SendRequest<Full<Bytes>>,
    /// To be set during an exchange.
    pub(super) awaited: Awaited,
}

pub(super) struct Connector {
    route: Route,
    identity: Option<Identity>,
    /// Made when first needed: reading the roots takes longer than starting the server.
    tls: OnceLock<Result<TlsConnector, String>>,
    /// The same, showing the client certificate.
    certified: OnceLock<Result<TlsConnector, String>>,
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connector")
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

impl Connector {
    pub(super) fn new(route: Route, identity: Option<Identity>) -> Self {
        Self {
            route,
            identity,
            tls: OnceLock::new(),
            certified: OnceLock::new(),
        }
    }

    /// Whether requests go to another place than their URL says.
    pub(super) fn is_proxy(&self) -> bool {
        matches!(self.route, Route::Broker(_))
    }

    /// Connections of the same key can carry each other's requests.
    pub(super) fn key<'a>(&self, origin: &'a Origin) -> &'a Origin {
        const ANY: &Origin = &Origin {
            tls: false,
            host: String::new(),
            port: 0,
            with_certificate: false,
        };
        match self.route {
            Route::Direct => origin,
            Route::Broker(_) => ANY,
        }
    }

    pub(super) async fn connect(
        &self,
        origin: &Origin,
        limits: Upstream,
    ) -> Result<Connection, SendError> {
        let awaited = Awaited::default();
        let stream = match &self.route {
            Route::Broker(path) => broker(path, limits.connect).await?,
            Route::Direct => self.direct(origin, limits, awaited.clone()).await?,
        };
        let mut builder = http1::Builder::new();
        builder.max_header_size(HEAD_BYTES).max_headers(HEAD_LINES);
        let (sender, connection) = builder
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| refused(origin, error.to_string()))?;
        // Its end, good or bad, is seen by whoever holds the sender.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Connection { sender, awaited })
    }

    async fn direct(
        &self,
        origin: &Origin,
        limits: Upstream,
        awaited: Awaited,
    ) -> Result<Box<dyn Stream>, SendError> {
        let address = (origin.host.as_str(), origin.port);
        let stream = match timeout(limits.connect, TcpStream::connect(address)).await {
            Ok(stream) => stream.map_err(|error| refused(origin, error.to_string()))?,
            Err(_) => return Err(refused(origin, late("it does not answer", limits.connect))),
        };
        // Without it small requests wait for acknowledgements.
        let _ = stream.set_nodelay(true);
        let stream = Prompt::new(stream, awaited);
        if !origin.tls {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(origin.host.clone())
            .map_err(|_| refused(origin, "its name is not one that TLS can check".into()))?;
        let tls = match &self.identity {
            Some(identity) if origin.with_certificate => {
                self.certified.get_or_init(|| tls_connector(Some(identity)))
            }
            _ => self.tls.get_or_init(|| tls_connector(None)),
        };
        let tls = tls
            .as_ref()
            .map_err(|fault| refused(origin, fault.clone()))?;
        match timeout(limits.tls, tls.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(Box::new(stream)),
            Ok(Err(error)) => Err(refused(origin, format!("TLS failed: {error}"))),
            Err(_) => Err(refused(origin, late("TLS is not agreed on", limits.tls))),
        }
    }
}

async fn broker(path: &PathBuf, limit: Duration) -> Result<Box<dyn Stream>, SendError> {
    match timeout(limit, UnixStream::connect(path)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(SendError::Broker {
            reason: error.to_string(),
        }),
        Err(_) => Err(SendError::Broker {
            reason: late("it does not answer", limit),
        }),
    }
}

/// The environment variable that names a PEM file of root certificates beside those of Mozilla.
const ROOTS: &str = "SSL_CERT_FILE";

/// TLS 1.2 and 1.3; there is no way to turn the checks off.
fn tls_connector(identity: Option<&Identity>) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(path) = std::env::var_os(ROOTS).filter(|path| !path.is_empty()) {
        let fault = |error| format!("the certificates of `{ROOTS}` can not be read ({error})");
        let certificates = CertificateDer::pem_file_iter(path).map_err(fault)?;
        roots
            .add_parsable_certificates(certificates.collect::<Result<Vec<_>, _>>().map_err(fault)?);
    }
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS is not available ({error})"))?
        .with_root_certificates(roots);
    let config = match identity.map(Identity::parts) {
        None => config.with_no_client_auth(),
        Some((chain, key)) => config
            .with_client_auth_cert(chain, key)
            .map_err(|error| format!("the client certificate can not be used ({error})"))?,
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

fn refused(origin: &Origin, reason: String) -> SendError {
    SendError::Connect {
        to: origin.authority(),
        reason,
    }
}

fn late(what: &str, limit: Duration) -> String {
    format!("{what} within {} s", limit.as_secs())
}
