//! What can go wrong while building and running servers, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Turned into a [`toolmill_core::Error`] at the ports; message and hint survive.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{0}` was not found on the search path.")]
    MissingProgram(&'static str),
    #[error("`{program}` did not say its version: {detail}")]
    BrokenProgram {
        program: &'static str,
        detail: String,
    },
    #[error("The Rust compiler is {found}, and servers need {needed} or newer.")]
    OldCompiler { found: String, needed: &'static str },
    #[error("No static program can be linked here: {detail}")]
    NoLinker { detail: String },
    #[error("The crates that servers are built from could not be fetched: {log}")]
    Fetch { log: String },
    #[error("{what} did not compile: {log}")]
    Compile { what: String, log: String },
    #[error("{what} was not finished after {seconds} s and was stopped.")]
    TimedOut { what: String, seconds: u64 },
    #[error("The embedded runtime is not usable: {0}")]
    Runtime(String),
    #[error("`{0}` is not a path within a generated crate.")]
    ForeignPath(String),
    #[error("Could not {action} `{}`: {source}.", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("`{}` belongs to somebody else, or others may write there.", .0.display())]
    SharedFolder(PathBuf),
    #[error("The socket `{}` would have a path of {length} bytes, and 107 is the most.", path.display())]
    LongPath { path: PathBuf, length: usize },
    #[error("Docker does not answer: {0}")]
    NoDocker(String),
    #[error("Docker speaks API {found}, and 1.41 is needed.")]
    OldDocker { found: String },
    #[error("Docker runs {0}, where the sockets of servers have other owners than expected.")]
    RemappedDocker(&'static str),
    #[error("Docker could not {action}: {source}")]
    Docker {
        action: &'static str,
        source: Box<crate::engine::Refusal>,
    },
    #[error("This kernel cannot confine a server: {}", missing.join(" "))]
    NotConfined { missing: Vec<String> },
    #[error("The server could not be started: {0}.")]
    Spawn(io::Error),
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }

    /// What to do next; empty where there is nothing to say.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::MissingProgram(_) | Self::BrokenProgram { .. } => {
                "Install Rust from https://rustup.rs, and open a new shell so that it is found."
            }
            Self::OldCompiler { .. } => "Run `rustup update stable`.",
            Self::NoLinker { .. } => {
                "Install a C compiler and the C library for static linking: `apt install gcc libc6-dev` on Debian and Ubuntu, `dnf install gcc glibc-static` on Fedora."
            }
            Self::Fetch { .. } => {
                "The first build needs the network (or a filled cargo cache); later ones do not. Check the connection and proxy settings, then try again."
            }
            Self::Compile { log, .. } if log.contains("No space left on device") => FULL,
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => FULL,
            Self::TimedOut { .. } => "Try again when the machine is less busy.",
            Self::SharedFolder(_) => "Remove it, or give it to yourself with mode 0700.",
            Self::LongPath { .. } => {
                "Choose a shorter folder for sockets, or a shorter instance name."
            }
            Self::NoDocker(_) => {
                "Start Docker, check that you may use its socket, or choose `--engine process`."
            }
            Self::OldDocker { .. } => {
                "Update Docker to 20.10 or newer, or choose `--engine process`."
            }
            Self::RemappedDocker(_) => {
                "Use a daemon that runs as root without user-namespace remapping, or choose `--engine process`."
            }
            Self::NotConfined { .. } => "Choose `--engine docker`, or use a newer kernel.",
            _ => "",
        }
    }
}

const FULL: &str = "Free some disk space, then try again.";

impl From<Error> for toolmill_core::Error {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match &error {
            Error::ForeignPath(_) => Self::invalid(message, ""),
            Error::Runtime(_) => Self::internal(message, error),
            _ => Self::unavailable(message, error.hint()).caused_by(error),
        }
    }
}
