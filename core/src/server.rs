//! A running server of one API, as desired and as found.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{ApiId, Artifact, Error, TenantId, UserId, VersionId};

/// Names a server wherever engines keep one (containers, folders, processes):
/// twelve characters of lower-case hex, a function of what it serves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerKey(String);

impl ServerKey {
    /// The key of the server that `instance` runs for this version: a changed
    /// version, base URL or user is another server.
    #[must_use]
    pub fn derive(
        instance: &str,
        tenant: TenantId,
        version: VersionId,
        user: Option<UserId>,
        base_url: Option<&Url>,
    ) -> Self {
        let user = user.map_or_else(String::new, |user| user.to_string());
        let base_url = base_url.map_or("", Url::as_str);
        let name = format!("{instance}\n{tenant}\n{version}\n{user}\n{base_url}");
        let digest = Sha256::digest(name.as_bytes());
        Self(
            digest[..6]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServerKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 12 && text.bytes().all(hex) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::not_found("server", text.escape_debug()))
        }
    }
}

impl TryFrom<String> for ServerKey {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<ServerKey> for String {
    fn from(key: ServerKey) -> Self {
        key.0
    }
}

impl fmt::Display for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A server that shall exist. The reconciler makes it so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    pub key: ServerKey,
    pub tenant: TenantId,
    /// Whose server it is; `None` where users share one.
    pub user: Option<UserId>,
    pub api: ApiId,
    pub version: VersionId,
    pub artifact: Artifact,
    /// Given to the server as `--base-url`.
    pub base_url: Option<Url>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    Process,
    Docker,
}

impl EngineKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Docker => "docker",
        }
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// A socket that the server made itself, in a folder it may write: whoever
    /// connects must not follow a link, and must see `owner` as its owner.
    Unix {
        folder: PathBuf,
        name: &'static str,
        owner: u32,
    },
    /// On an internal network, for engines that span hosts.
    Tcp(SocketAddr),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServerState {
    /// Made, or stopped: the next call starts it.
    Stopped,
    Running,
    /// Frozen while idle: the next call thaws it.
    Paused,
}

/// What an engine found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerStatus {
    pub key: ServerKey,
    pub state: ServerState,
}

/// One line that a server wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    pub text: String,
}
