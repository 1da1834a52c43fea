use std::{future::Future, time::Duration};

use axum::serve::ListenerExt;
use tokio::{net::TcpListener, sync::oneshot, time::sleep};

use crate::{Error, Options, auth::Callers, database::Database, routes};

/// How long requests may still run after the store was told to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// Serves the pet store on `listener` until `stop` is ready; then lets running requests end, for at
/// most five seconds, and closes the database.
///
/// Clients may connect from the beginning; they are answered as soon as the database is open.
///
/// # Errors
///
/// When the callers of `options` are ambiguous, or the database can't be opened or migrated.
pub async fn serve(
    listener: TcpListener,
    options: Options,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let callers = Callers::new(&options.callers)?;
    let database = Database::open(&options.database, callers.owners()).await?;
    let (stopping, stopped) = oneshot::channel();
    let listener = listener.tap_io(|connection| {
        // Answers are small and wanted at once; a socket that refuses still works, only later.
        let _ = connection.set_nodelay(true);
    });
    let server = axum::serve(listener, routes::router(callers, database.clone()))
        .with_graceful_shutdown(async move {
            stop.await;
            let _ = stopping.send(());
        });

    let result = tokio::select! {
        result = server => result,
        () = deadline(stopped) => Ok(()),
    };
    database.close().await;
    Ok(result?)
}

/// A client that holds its connection open must not hold the whole program.
async fn deadline(stopped: oneshot::Receiver<()>) {
    match stopped.await {
        Ok(()) => sleep(DRAIN).await,
        // The server ended first.
        Err(_) => std::future::pending().await,
    }
}
