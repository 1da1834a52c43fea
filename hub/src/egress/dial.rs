//! Connections to APIs: the name is looked up here, each address is checked
//! right before it is dialed, and no proxy of the environment is asked.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use http_body::Body;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{sleep, timeout};
use tokio_rustls::rustls::pki_types::ServerName;
use toolmill_core::Error;
use url::Host;

use super::address::is_public;
use super::alert::{Alert, Heard, alert_in};
use super::identity::{Identities, Identity};
use super::limits::{EgressLimits, MAX_HEAD, MAX_HEADERS};
use super::prompt::Prompt;
use super::refusal::Refusal;
use super::target::Target;

/// A further address is tried when the one before has not answered for so long
/// (RFC 8305, section 5).
const STAGGER: Duration = Duration::from_millis(250);
const MAX_ADDRESSES: usize = 8;

/// Makes connections.
pub(super) struct Dialer {
    pub(super) identities: Identities,
    limits: EgressLimits,
}

impl Dialer {
    /// Trusts the web's certificate authorities, and `further` ones (DER).
    pub(super) fn new(limits: EgressLimits, further: &[Vec<u8>]) -> Result<Self, Error> {
        Ok(Self {
            identities: Identities::new(further)?,
            limits,
        })
    }

    /// A connection to the target's origin, as this identity or as nobody in
    /// particular. What its TLS says when it hangs up is left in `alert`.
    pub(super) async fn dial<B>(
        &self,
        target: &Target<'_>,
        identity: Option<&Identity<'_>>,
        alert: &Alert,
    ) -> Result<SendRequest<B>, Refusal>
    where
        B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        let stream = self.connect(target).await?;
        if target.is_secure() {
            let stream = self.secure(target, identity, stream).await?;
            handshake(target, Heard::new(stream, alert)).await
        } else {
            handshake(target, stream).await
        }
    }

    async fn connect(&self, target: &Target<'_>) -> Result<Prompt, Refusal> {
        let host = target.authority();
        let connected = async {
            let addresses = resolve(target).await?;
            first(addresses).await
        };
        let connected = timeout(self.limits.connect, connected).await;
        let stream = match connected {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(Refusal::Address { host });
            }
            Ok(Err(source)) => return Err(Refusal::Unreachable { host, source }),
            Err(_) => {
                return Err(Refusal::Late {
                    host,
                    step: "accept a connection",
                    within: self.limits.connect,
                });
            }
        };
        stream
            .set_nodelay(true)
            .map_err(|source| Refusal::Unreachable { host, source })?;
        Ok(Prompt(stream))
    }

    async fn secure(
        &self,
        target: &Target<'_>,
        identity: Option<&Identity<'_>>,
        stream: Prompt,
    ) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static, Refusal> {
        let host = target.authority();
        let name = match target.url.host() {
            Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).ok(),
            Some(Host::Ipv4(address)) => Some(ServerName::from(std::net::IpAddr::from(address))),
            Some(Host::Ipv6(address)) => Some(ServerName::from(std::net::IpAddr::from(address))),
            None => None,
        };
        let Some(name) = name else {
            return Err(Refusal::Target {
                reason: "its host is not a name that a certificate can have",
            });
        };
        let connector = self.identities.connector(identity);
        match timeout(self.limits.tls, connector.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(source)) => Err(match alert_in(&source) {
                Some(alert) => Refusal::alerted(host, identity, alert),
                None => Refusal::Tls { host, source },
            }),
            Err(_) => Err(Refusal::Late {
                host,
                step: "set up a secure connection",
                within: self.limits.tls,
            }),
        }
    }
}

/// The addresses of the target that may be dialed; an error of kind
/// `PermissionDenied` where it has addresses, but none of them may.
async fn resolve(target: &Target<'_>) -> io::Result<Vec<SocketAddr>> {
    let port = target.origin.port;
    let found: Vec<SocketAddr> = match target.url.host() {
        Some(Host::Domain(name)) => lookup_host((name, port)).await?.collect(),
        Some(Host::Ipv4(address)) => vec![(address, port).into()],
        Some(Host::Ipv6(address)) => vec![(address, port).into()],
        None => Vec::new(),
    };
    if found.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the name has no address",
        ));
    }
    let allowed = |address: &SocketAddr| target.origin.literal || is_public(address.ip());
    let allowed: Vec<_> = found.into_iter().filter(allowed).collect();
    if allowed.is_empty() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(interleaved(allowed))
}

/// The families in turn, so that a broken one costs little (RFC 8305, section 4).
fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (one, other): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut other = other.into_iter();
    let mut ordered = Vec::new();
    for address in one {
        ordered.push(address);
        ordered.extend(other.next());
    }
    ordered.extend(other);
    ordered.truncate(MAX_ADDRESSES);
    ordered
}

/// The first connection that comes about.
async fn first(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut running = FuturesUnordered::new();
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        match waiting.next() {
            Some(address) => running.push(TcpStream::connect(address)),
            None if running.is_empty() => return Err(failure),
            None => {}
        }
        tokio::select! {
            Some(connected) = running.next() => match connected {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = error,
            },
            () = sleep(STAGGER), if waiting.len() > 0 => {}
        }
    }
}

async fn handshake<B>(
    target: &Target<'_>,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<SendRequest<B>, Refusal>
where
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let (sender, connection) = http1::Builder::new()
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|source| Refusal::BrokenOff {
            host: target.authority(),
            source,
        })?;
    // The connection's fate is told to whoever sends over it.
    tokio::spawn(async move { connection.await.ok() });
    Ok(sender)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_families_take_turns() {
        let addresses = |texts: &[&str]| -> Vec<SocketAddr> {
            let parsed = texts.iter().map(|text| text.parse().expect("an address"));
            parsed.collect()
        };
        assert_eq!(
            interleaved(addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"])),
            addresses(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"])
        );
        assert_eq!(
            interleaved(addresses(&["1.1.1.1:1", "[::1]:1", "[::2]:1"])),
            addresses(&["1.1.1.1:1", "[::1]:1", "[::2]:1"])
        );
    }
}
