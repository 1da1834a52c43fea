//! Serving MCP clients: over TCP, a unix socket, or standard input and output.

use std::{
    io,
    os::unix::fs::{FileTypeExt as _, PermissionsExt as _},
    path::Path,
    sync::Arc,
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    command_line::{Listen, Settings},
    endpoint::Endpoint,
    mcp::Handler,
    stdio::Stdio,
};

/// How long calls under way may go on after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// How long a client may take to send a request's head, and to begin the next one.
const HEAD_WITHIN: Duration = Duration::from_secs(75);

/// Serves HTTP clients on a TCP port until `stop` is cancelled. The first line on standard output
/// is the URL.
pub(crate) async fn tcp(
    handler: Handler,
    settings: &Settings,
    (host, port): (&str, u16),
    stop: CancellationToken,
) -> io::Result<()> {
    let listener = TcpListener::bind((host.trim_matches(['[', ']']), port)).await?;
    let address = listener.local_addr()?;
    let shown = if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]")
    } else {
        host.into()
    };
    println!("http://{shown}:{}/mcp", address.port());
    let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".into(), "::1".into()];
    if !address.ip().is_unspecified() {
        hosts.push(shown);
    }
    let origins = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];
    let http = Http::new(handler, settings, hosts, &origins);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Without it an answer waits for the acknowledgement of its own head.
                    let _ = stream.set_nodelay(true);
                    http.serve(stream, &stop);
                }
                Err(error) => not_accepted(&error).await,
            },
        }
    }
    // Who comes now is to be refused, not kept waiting.
    drop(listener);
    http.drain().await;
    Ok(())
}

/// Serves HTTP clients on a unix socket until `stop` is cancelled. Whoever may enter its folder may
/// connect.
pub(crate) async fn unix(
    handler: Handler,
    settings: &Settings,
    path: &Path,
    stop: CancellationToken,
) -> io::Result<()> {
    remove_stale(path)?;
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
    eprintln!("Serving MCP on `{}`.", path.display());
    let http = Http::new(handler, settings, vec!["localhost".to_owned()], &[]);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => http.serve(stream, &stop),
                Err(error) => not_accepted(&error).await,
            },
        }
    }
    drop(listener);
    let _ = std::fs::remove_file(path);
    http.drain().await;
    Ok(())
}

/// Serves one client on standard input and output until it closes them or `stop` is cancelled.
pub(crate) async fn stdio(handler: Handler, stop: CancellationToken) -> io::Result<()> {
    match rmcp::service::serve_server_with_ct(handler, Stdio::new(), stop).await {
        Ok(running) => {
            running.waiting().await.map_err(io::Error::other)?;
            Ok(())
        }
        // A client that goes, or a stop that comes, before the first message is no fault.
        Err(
            rmcp::service::ServerInitializeError::ConnectionClosed(_)
            | rmcp::service::ServerInitializeError::Cancelled,
        ) => Ok(()),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Removes the socket that an earlier run of this server left, and nothing that is no socket.
fn remove_stale(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.file_type().is_socket() => std::fs::remove_file(path),
        Ok(_) => Err(io::Error::other(
            "there is a file of that name which is no socket",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Out of file descriptors, say: wait for connections to end, rather than spin.
async fn not_accepted(error: &io::Error) {
    eprintln!("A connection could not be accepted: {error}.");
    sleep(Duration::from_millis(100)).await;
}

/// The HTTP side of one listener.
struct Http {
    endpoint: Arc<Endpoint>,
    connections: TaskTracker,
    /// Ends what has not ended by itself when draining is over.
    end: CancellationToken,
}

impl Http {
    fn new(handler: Handler, settings: &Settings, hosts: Vec<String>, origins: &[&str]) -> Self {
        let end = CancellationToken::new();
        let room = match settings.listen {
            // With its text, and with what is made of it, that is less than all there is.
            Listen::Socket { .. } => settings.limits.memory / 2,
            Listen::Stdio | Listen::Tcp { .. } => usize::MAX,
        };
        let hosts = hosts
            .into_iter()
            .chain(settings.allowed_hosts.iter().cloned())
            .collect::<Vec<_>>();
        let given = settings.allowed_origins.iter().cloned();
        let origins = origins.iter().map(ToString::to_string).chain(given);
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_max_request_body_bytes(settings.limits.message)
            .with_allowed_hosts(hosts.clone())
            .with_allowed_origins(origins)
            .enforce_origin_validation()
            .with_cancellation_token(end.clone());
        Self {
            endpoint: Arc::new(Endpoint::new(handler, config, hosts, room)),
            connections: TaskTracker::new(),
            end,
        }
    }

    fn serve(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        stop: &CancellationToken,
    ) {
        let (endpoint, stop) = (Arc::clone(&self.endpoint), stop.clone());
        let service = service_fn(move |request| Arc::clone(&endpoint).answer(request));
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        self.connections.spawn(async move {
            let mut connection = std::pin::pin!(connection);
            tokio::select! {
                // A client that breaks off is none of the server's faults.
                _ = connection.as_mut() => return,
                () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        });
    }

    async fn drain(self) {
        self.connections.close();
        if timeout(DRAIN, self.connections.wait()).await.is_err() {
            eprintln!(
                "Calls still under way after {} s are broken off.",
                DRAIN.as_secs()
            );
        }
        self.end.cancel();
    }
}
