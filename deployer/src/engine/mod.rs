//! Where servers run.

mod calls;
mod docker;
mod limits;
mod process;
mod sockets;

use std::path::Path;
use std::sync::Arc;

use toolmill_core::{Engine, LogLine};

use crate::error::Error;
pub use docker::DockerEngine;
pub(crate) use docker::Refusal;
pub use limits::ServerLimits;
pub use process::ProcessEngine;
pub use sockets::{SocketDirs, default_run_root};

/// A line as a server wrote it, with nothing in it that a terminal would obey.
fn log_line(bytes: &[u8]) -> LogLine {
    let text = String::from_utf8_lossy(bytes);
    let text = text
        .trim_end()
        .chars()
        .map(|c| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect();
    LogLine { text }
}

/// Which engine a user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineChoice {
    /// Docker where it answers, else processes.
    #[default]
    Auto,
    Docker,
    Process,
}

/// An engine, with what its operator should know about it, in sentences.
pub struct Connected {
    pub engine: Arc<dyn Engine>,
    pub notes: Vec<String>,
}

/// Connects to the chosen engine. `instance` labels what it makes, `logs` is
/// where the logs of processes go, and servers get `limits`.
///
/// # Errors
/// Where the chosen engine, or with [`EngineChoice::Auto`] each of them, cannot
/// be used.
pub async fn connect(
    choice: EngineChoice,
    instance: &str,
    dirs: SocketDirs,
    logs: &Path,
    limits: ServerLimits,
) -> toolmill_core::Result<Connected> {
    let mut notes = Vec::new();
    if choice != EngineChoice::Process {
        match DockerEngine::connect(instance, dirs.clone()).await {
            Ok(engine) => {
                let engine = engine.within(limits);
                return Ok(Connected {
                    notes: engine.warnings(),
                    engine: Arc::new(engine),
                });
            }
            Err(error) if choice == EngineChoice::Docker => return Err(error.into()),
            Err(error @ Error::NoDocker(_)) => tracing::debug!(%error, "servers run as processes"),
            Err(error) => notes.push(error.to_string()),
        }
    }
    if choice == EngineChoice::Process {
        leave_docker(instance, &dirs).await;
    }
    let engine = ProcessEngine::new(dirs, logs).await?.within(limits);
    notes.extend(engine.missing());
    Ok(Connected {
        engine: Arc::new(engine),
        notes,
    })
}

/// Containers that this instance made when it ran on Docker would outlive it.
async fn leave_docker(instance: &str, dirs: &SocketDirs) {
    if let Ok(engine) = DockerEngine::connect(instance, dirs.clone()).await
        && let Err(error) = engine.sweep(&[]).await
    {
        tracing::warn!(%error, "containers of an earlier start may be left");
    }
}
