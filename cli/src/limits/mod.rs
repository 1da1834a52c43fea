//! How much of everything is taken: the limits that an operator can change.
//!
//! They have their defaults where they are kept, in the crates below. Here is
//! the file that changes them, and what each is called in it.

mod file;
mod known;

use std::path::Path;
use std::time::Duration;

use toolmill_deployer::{BuildLimits, ServerLimits};
use toolmill_generator as generator;
use toolmill_hub::{EgressLimits, HubConfig, PageLimits};

use crate::failure::Result;

pub use known::{ALL, Limit};

/// All limits, each in the words of the crate that keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub specification: generator::Limits,
    /// Bytes of one message of a client.
    pub message: usize,
    /// What a call through the hub may take in all.
    pub call: Duration,
    pub upstream: EgressLimits,
    /// Bytes of an answer that a model sees at once.
    pub shown: usize,
    /// How many redirects of one request are followed.
    pub redirects: usize,
    pub page: PageLimits,
    pub build: BuildLimits,
    pub server: ServerLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            specification: generator::Limits::default(),
            message: HubConfig::MESSAGE,
            call: HubConfig::CALL_WITHIN,
            upstream: EgressLimits::default(),
            // As generated servers have them; their `--help` says so.
            shown: 256 << 10,
            redirects: 3,
            page: PageLimits::default(),
            build: BuildLimits::default(),
            server: ServerLimits::default(),
        }
    }
}

impl Limits {
    /// The defaults, changed as a file says.
    ///
    /// # Errors
    /// Where the file cannot be read, names what is no limit, or gives a limit a
    /// value that it cannot have.
    pub fn read(path: &Path) -> Result<Self> {
        file::read(path)
    }

    /// What the engines hold servers to, and what these keep themselves.
    pub fn of_servers(&self) -> ServerLimits {
        ServerLimits {
            own: self.own(),
            ..self.server.clone()
        }
    }

    /// `NAME=VALUE` for each limit that a server keeps itself and that is not the
    /// default, as its `--limit` takes it.
    pub fn own(&self) -> Vec<String> {
        let default = Self::default();
        let limits = ALL.iter().copied().flatten();
        limits
            .filter(|limit| limit.is_servers() && limit.get(self) != limit.get(&default))
            .map(|limit| format!("{}={}", limit.name(), limit.get(self)))
            .collect()
    }

    /// What two limits together make impossible.
    fn contradiction(&self) -> Option<String> {
        let (total, call) = (self.upstream.total, self.call);
        (total > call && total != EgressLimits::default().total).then(|| {
            format!(
                "`upstream.total_seconds` is {}, but a call has only {} s in all: raise `request.call_seconds` as well.",
                total.as_secs(),
                call.as_secs()
            )
        })
    }
}

/// `16 MiB`, `3 KiB`, `1000 bytes`.
pub fn size(bytes: usize) -> String {
    match bytes {
        _ if bytes > 0 && bytes.trailing_zeros() >= 20 => format!("{} MiB", bytes >> 20),
        _ if bytes > 0 && bytes.trailing_zeros() >= 10 => format!("{} KiB", bytes >> 10),
        1 => "1 byte".to_owned(),
        _ => format!("{bytes} bytes"),
    }
}
