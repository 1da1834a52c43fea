//! `up --detach`: an instance that outlives the command.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::ValueEnum;

use super::lock;
use crate::failure::{Failure, Result};
use crate::settings::{Directories, ListenSettings};

/// A first start may wait for a container engine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts `toolmill serve` in a session of its own, and waits until it listens.
///
/// # Errors
/// What it wrote to its log, where it ends instead.
pub async fn spawn_detached(
    directories: &Directories,
    settings: ListenSettings,
    limits: Option<&Path>,
) -> Result<()> {
    super::make_data_directory(directories)?;
    let mut child = spawn(directories, settings, limits)?;
    let until = Instant::now() + PATIENCE;
    loop {
        let holder = lock::holder(&directories.lock_file())?;
        if holder.is_some_and(|holder| holder.pid == child.id() && holder.address.is_some()) {
            return Ok(());
        }
        let ended = child.try_wait().ok().flatten();
        if ended.is_some() || Instant::now() > until {
            return Err(did_not_start(directories));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn spawn(
    directories: &Directories,
    settings: ListenSettings,
    limits: Option<&Path>,
) -> Result<Child> {
    let failed = |error: std::io::Error| {
        Failure::new("The instance cannot be started in the background.").because(&error)
    };
    let log = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(directories.log_file())
        .map_err(failed)?;
    let engine = settings.engine.to_possible_value();
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command
        .arg("serve")
        .args(["--host", &settings.host.to_string()])
        .args(["--port", &settings.port.to_string()])
        .args([
            "--engine",
            engine.as_ref().map_or("auto", |value| value.get_name()),
        ])
        .arg("--data-dir")
        .arg(&directories.data)
        .arg("--cache-dir")
        .arg(&directories.cache)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    if let Some(limits) = limits {
        command.arg("--limits").arg(limits);
    }
    // SAFETY: `setsid` is async-signal-safe, and nothing else is done between
    // fork and exec.
    unsafe {
        command.pre_exec(|| rustix::process::setsid().map(drop).map_err(Into::into));
    }
    command.spawn().map_err(failed)
}

fn did_not_start(directories: &Directories) -> Failure {
    let path = directories.log_file();
    let log = std::fs::read_to_string(&path).unwrap_or_default();
    let said: Vec<_> = log.lines().rev().take(5).collect();
    let said = said.into_iter().rev().collect::<Vec<_>>().join("\n");
    Failure::missing(
        format!("The instance did not start.\n{said}"),
        format!("All it said is in `{}`.", path.display()),
    )
}
