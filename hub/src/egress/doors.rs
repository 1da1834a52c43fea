//! The broker's sockets, one for each server.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use toolmill_core::{EgressDoors, Error, Result, ServerKey};

use super::broker::Broker;
use super::timely::{Deadline, Timely};

const SOCKET: &str = "egress.sock";
/// Connections of one server at a time; further ones wait.
const MAX_CONNECTIONS: usize = 256;
/// How long to wait where the system is out of descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// All the open doors.
pub(crate) struct Doors {
    broker: Arc<Broker>,
    open: Mutex<HashMap<ServerKey, Door>>,
}

struct Door {
    socket: PathBuf,
    close: CancellationToken,
}

impl Doors {
    pub(crate) fn new(broker: Arc<Broker>) -> Self {
        Self {
            broker,
            open: Mutex::default(),
        }
    }

    /// Stops listening everywhere. Sockets stay behind, so that servers see
    /// the hub as gone for now, and the next one takes their places.
    pub(crate) fn close_all(&self) {
        for (_, door) in self.doors().drain() {
            door.close.cancel();
        }
        self.broker.close();
    }

    fn doors(&self) -> MutexGuard<'_, HashMap<ServerKey, Door>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl EgressDoors for Doors {
    async fn open(&self, key: &ServerKey, folder: &Path) -> Result<()> {
        let socket = folder.join(SOCKET);
        let mut doors = self.doors();
        if let Some(door) = doors.get(key) {
            if door.socket == socket && is_socket(&socket) {
                return Ok(());
            }
            door.close.cancel();
        }
        let listener = listen(&socket).map_err(|error| {
            Error::unavailable(
                format!("No socket can be made at `{}`: {error}.", socket.display()),
                "The folder must be there, writable, and its path short (a socket's has at most 107 bytes).",
            )
            .caused_by(error)
        })?;
        let close = CancellationToken::new();
        tokio::spawn(serve(
            self.broker.clone(),
            key.clone(),
            listener,
            close.clone(),
        ));
        doors.insert(key.clone(), Door { socket, close });
        Ok(())
    }

    async fn close(&self, key: &ServerKey) {
        let Some(door) = self.doors().remove(key) else {
            return;
        };
        door.close.cancel();
        if let Err(error) = fs::remove_file(&door.socket)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, socket = %door.socket.display(), "a socket was not removed");
        }
    }
}

/// Listens in place of whoever did before. Any user may connect: who is in the
/// folder is a matter of the folder, and what is allowed one of the grant.
fn listen(socket: &Path) -> io::Result<UnixListener> {
    if is_socket(socket) {
        fs::remove_file(socket)?;
    }
    let listener = UnixListener::bind(socket)?;
    fs::set_permissions(socket, Permissions::from_mode(0o666))?;
    Ok(listener)
}

fn is_socket(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket())
}

async fn serve(
    broker: Arc<Broker>,
    server: ServerKey,
    listener: UnixListener,
    close: CancellationToken,
) {
    let server = Arc::new(server);
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            biased;
            () = close.cancelled() => return,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = connection(broker.clone(), server.clone(), stream, close.clone());
                tokio::spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%server, %error, "a server's connection was not accepted");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn connection(
    broker: Arc<Broker>,
    server: Arc<ServerKey>,
    stream: UnixStream,
    close: CancellationToken,
) {
    let deadline = Deadline::default();
    let stream = TokioIo::new(Timely::new(stream, deadline.clone()));
    let within = broker.limits().head;
    let service = service_fn(move |request| {
        let (broker, server, deadline) = (broker.clone(), server.clone(), deadline.clone());
        async move {
            let (answer, until) = broker.answer(&server, request).await;
            deadline.set(until);
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .header_read_timeout(within)
        .serve_connection(stream, service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = close.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a server's connection ended");
    }
}
