//! A whole Toolmill in one process: the composition root.

mod compose;
mod detach;
mod examples;
pub mod lock;
mod serve;
pub mod token;

use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt;

use secrecy::ExposeSecret;
use toolmill_core::{Role, SystemCtx, TokenHash, Users};

pub use detach::spawn_detached;
use lock::{Attempt, Holder, Lock};
pub use serve::{Running, stop_asked};

use crate::failure::{Failure, Result};
use crate::limits::Limits;
use crate::settings::{Directories, ListenSettings};

/// Starts an instance in this process, with everything an earlier one left put
/// in order, and answers when it serves.
///
/// # Errors
/// Where another instance has the data directory, the port is taken, the key is
/// wrong, the engine is missing, or the disk is full.
pub async fn start(
    directories: &Directories,
    settings: ListenSettings,
    limits: Limits,
) -> Result<Running> {
    make_data_directory(directories)?;
    let mut lock = match Lock::take(&directories.lock_file())? {
        Attempt::Ours(lock) => lock,
        Attempt::Held(holder) => return Err(held(&holder, directories)),
    };
    let listener = listen(settings)?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::new("The listening address is not known.").because(&error))?;
    toolmill_vault::harden_process()?;
    let system = SystemCtx::for_the_platform();
    let parts = compose::compose(directories, settings, limits, address, system).await?;
    sign_in_locally(parts.store.as_ref(), directories, system).await?;
    let running = serve::serve(listener, parts)?;
    running.resume(system).await?;
    lock.announce(address)?;
    Ok(running.holding(lock))
}

/// Whether a command with these settings may use the instance that runs.
///
/// # Errors
/// Where it listens elsewhere than was asked for.
pub fn may_join(
    holder: &Holder,
    settings: ListenSettings,
    directories: &Directories,
) -> Result<()> {
    let wanted = SocketAddr::new(settings.host, settings.port);
    let same = holder.address.is_none_or(|address| {
        let any_port = settings.port == 0;
        address.ip() == wanted.ip() && (any_port || address.port() == wanted.port())
    });
    if settings.explicit && !same {
        return Err(held(holder, directories));
    }
    Ok(())
}

fn held(holder: &Holder, directories: &Directories) -> Failure {
    let at = holder.address.map_or_else(String::new, |address| {
        format!(", listening on {} port {}", address.ip(), address.port())
    });
    Failure::new(format!(
        "The data directory `{}` is in use by process {}{at}.",
        directories.data.display(),
        holder.pid
    ))
    .hint("Stop it with `toolmill down`, leave out `--host` and `--port` to join it, or name another `--data-dir`.")
}

fn make_data_directory(directories: &Directories) -> Result<()> {
    let data = &directories.data;
    let mut builder = std::fs::DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(data)
        .map_err(|error| {
            Failure::missing(
                format!("The data directory `{}` cannot be made.", data.display()),
                "Name another with `--data-dir DIR`, or see whether the disk has space.",
            )
            .because(&error)
        })
}

fn listen(settings: ListenSettings) -> Result<TcpListener> {
    let address = SocketAddr::new(settings.host, settings.port);
    let listener = TcpListener::bind(address).map_err(|error| {
        let port = settings.port;
        Failure::missing(
            format!("Port {port} on {} cannot be used.", settings.host),
            format!("Choose another with `--port N`; `--port 0` takes any. `ss -ltnp 'sport = :{port}'` shows who has it."),
        )
        .because(&error)
    })?;
    if !settings.host.is_loopback() {
        tracing::warn!(host = %settings.host, "others on the network reach this instance over plain HTTP");
    }
    Ok(listener)
}

/// The local user, and the token in the data directory that signs it in.
async fn sign_in_locally(
    store: &dyn Users,
    directories: &Directories,
    system: SystemCtx,
) -> Result<()> {
    let user = store.ensure_user(system, "local", Role::Admin).await?;
    let token = token::ensure(&directories.token_file())?;
    store
        .put_token(&user.ctx, &TokenHash::of(token.expose_secret()), "local")
        .await?;
    Ok(())
}
