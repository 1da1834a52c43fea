//! What the command line, the environment and the defaults come to.
//!
//! | variable | meaning |
//! |---|---|
//! | `TOOLMILL_DATA_DIR` | where everything is kept (`--data-dir`) |
//! | `TOOLMILL_CACHE_DIR` | where compiled dependencies are kept; may be shared by many data directories |
//! | `TOOLMILL_LIMITS` | the file that changes limits (`--limits`); see docs/limits.md |
//! | `TOOLMILL_ENGINE` | `auto`, `docker` or `process` (`--engine`) |
//! | `TOOLMILL_PAUSE_AFTER` | seconds until an idle server is paused (60) |
//! | `TOOLMILL_STOP_AFTER` | seconds until an idle server is stopped (1800) |
//! | `TOOLMILL_LOG` | what is logged, such as `debug` or `toolmill_hub=trace` |
//! | `TOOLMILL_TOKEN` | the token that commands sign in with (`--token`) |
//! | `XDG_DATA_HOME`, `HOME` | the default of the data directory |
//! | `NO_COLOR` | no colours |

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use crate::args::{Engine, Global, Listen};
use crate::failure::{Failure, Result};

/// Files of one data directory.
#[derive(Clone, Debug)]
pub struct Directories {
    pub data: PathBuf,
    pub cache: PathBuf,
}

impl Directories {
    /// # Errors
    /// Where nothing says where the data directory is.
    pub fn resolve(global: &Global) -> Result<Self> {
        let data = match &global.data_dir {
            Some(data) => std::path::absolute(data).map_err(|error| {
                Failure::new(format!("`{}` is not a usable path.", data.display())).because(&error)
            })?,
            None => default_data_dir()?,
        };
        let cache = global
            .cache_dir
            .clone()
            .unwrap_or_else(|| data.join("cache"));
        Ok(Self { data, cache })
    }

    pub fn database(&self) -> PathBuf {
        self.data.join("toolmill.db")
    }

    pub fn key_file(&self) -> PathBuf {
        self.data.join("key")
    }

    pub fn token_file(&self) -> PathBuf {
        self.data.join("token")
    }

    pub fn lock_file(&self) -> PathBuf {
        self.data.join("instance.lock")
    }

    /// Changes the limits of the instance, where no other file is named.
    pub fn limits_file(&self) -> PathBuf {
        self.data.join("limits.toml")
    }

    pub fn log_file(&self) -> PathBuf {
        self.data.join("toolmill.log")
    }

    pub fn examples(&self) -> PathBuf {
        self.data.join("examples")
    }
}

/// Where an instance listens, and what runs its servers.
#[derive(Clone, Copy, Debug)]
pub struct ListenSettings {
    pub host: IpAddr,
    pub port: u16,
    /// Whether host or port were asked for, rather than left to the default.
    pub explicit: bool,
    pub engine: Engine,
}

impl From<&Listen> for ListenSettings {
    fn from(listen: &Listen) -> Self {
        Self {
            host: listen.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            port: listen.port.unwrap_or(8000),
            explicit: listen.host.is_some() || listen.port.is_some(),
            engine: listen.engine,
        }
    }
}

/// When idle servers are put to rest, where the operator says so; in seconds.
#[derive(Clone, Copy, Debug)]
pub struct RestSettings {
    pub pause_after: Option<u64>,
    pub stop_after: Option<u64>,
}

impl RestSettings {
    /// # Errors
    /// Where a variable is set to something else than a number.
    pub fn from_environment() -> Result<Self> {
        Ok(Self {
            pause_after: seconds("TOOLMILL_PAUSE_AFTER")?,
            stop_after: seconds("TOOLMILL_STOP_AFTER")?,
        })
    }
}

fn seconds(variable: &str) -> Result<Option<u64>> {
    let Some(value) = std::env::var_os(variable) else {
        return Ok(None);
    };
    let number = value.to_str().and_then(|text| text.parse().ok());
    number.map(Some).ok_or_else(|| {
        Failure::new(format!("`{variable}` is not a number of seconds."))
            .hint("Such as 60, or unset it for the default.")
    })
}

fn default_data_dir() -> Result<PathBuf> {
    let set = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let base = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")));
    base.map(|base| base.join("toolmill")).ok_or_else(|| {
        Failure::new("There is no place for the data directory: `HOME` is not set.")
            .hint("Name one with `--data-dir DIR`.")
    })
}
