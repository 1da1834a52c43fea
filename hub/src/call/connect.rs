//! Connections to servers.
//!
//! A server's socket is in a folder that the server may write to, so it may put
//! anything there: a link to another socket of this machine, say. The hub
//! therefore opens what is there without following links, looks at what it
//! opened, and connects to just that.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use http_body::Body;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::sleep;
use toolmill_core::Endpoint;

use crate::pieces::Pieces;

/// A server that was just started listens within milliseconds.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// After so long it is worth asking whether it runs at all.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("it does not listen ({0})")]
    NotListening(#[source] io::Error),
    #[error("what is in the place of its socket is not a socket of its own")]
    Impostor,
    #[error("its socket cannot be opened ({0})")]
    Io(#[source] io::Error),
    #[error("it does not speak HTTP ({0})")]
    Http(#[source] hyper::Error),
}

/// Connects as soon as the server listens.
pub(super) async fn connection(endpoint: &Endpoint) -> Result<SendRequest<Pieces>, ConnectError> {
    let until = Instant::now() + PATIENCE;
    let mut pause = FIRST_PAUSE;
    loop {
        match connect(endpoint).await {
            Err(ConnectError::NotListening(_)) if Instant::now() + pause < until => {
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            connected => return connected,
        }
    }
}

async fn connect(endpoint: &Endpoint) -> Result<SendRequest<Pieces>, ConnectError> {
    match endpoint {
        Endpoint::Unix {
            folder,
            name,
            owner,
        } => handshake(unix(folder, name, *owner).await?).await,
        Endpoint::Tcp(address) => {
            let stream = TcpStream::connect(address).await.map_err(not_listening)?;
            stream.set_nodelay(true).map_err(ConnectError::Io)?;
            handshake(stream).await
        }
    }
}

#[cfg(target_os = "linux")]
async fn unix(folder: &Path, name: &str, owner: u32) -> Result<UnixStream, ConnectError> {
    use std::os::fd::AsRawFd;

    use rustix::fs::{FileType, Mode, OFlags, fstat, open, openat};

    let place = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = open(folder, place | OFlags::DIRECTORY, Mode::empty())
        .map_err(|error| not_listening(error.into()))?;
    let socket =
        openat(&folder, name, place, Mode::empty()).map_err(|error| not_listening(error.into()))?;
    let found = fstat(&socket).map_err(|error| ConnectError::Io(error.into()))?;
    if FileType::from_raw_mode(found.st_mode) != FileType::Socket || found.st_uid != owner {
        return Err(ConnectError::Impostor);
    }
    UnixStream::connect(format!("/proc/self/fd/{}", socket.as_raw_fd()))
        .await
        .map_err(not_listening)
}

/// Without `O_PATH` there is no way to connect to just what was looked at.
#[cfg(not(target_os = "linux"))]
async fn unix(_: &Path, _: &str, _: u32) -> Result<UnixStream, ConnectError> {
    Err(ConnectError::Io(io::ErrorKind::Unsupported.into()))
}

/// No socket yet, one left over by a dead process, or a full queue: it may
/// listen in a moment.
fn not_listening(error: io::Error) -> ConnectError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::WouldBlock => {
            ConnectError::NotListening(error)
        }
        _ => ConnectError::Io(error),
    }
}

async fn handshake<B>(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<SendRequest<B>, ConnectError>
where
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(ConnectError::Http)?;
    // The connection's fate is told to whoever sends over it.
    tokio::spawn(async move { connection.await.ok() });
    Ok(sender)
}
