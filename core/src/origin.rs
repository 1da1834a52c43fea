//! Where an API's requests may go.

use serde::{Deserialize, Serialize};
use url::Url;

/// A scheme, host and port that was approved for an API (RFC 6454).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    pub scheme: String,
    pub host: String,
    pub port: u16,
    /// Named by the user (`--base-url`) or by the example: approved as it
    /// stands, loopback and plain http included. An origin read from a
    /// specification must use https and resolve to public addresses.
    pub literal: bool,
}

impl Origin {
    /// The origin of `url`; `None` unless it is http or https and has a host.
    #[must_use]
    pub fn of(url: &Url, literal: bool) -> Option<Self> {
        matches!(url.scheme(), "http" | "https").then_some(())?;
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default()?,
            literal,
        })
    }

    /// Whether a request to `url` stays within this origin.
    #[must_use]
    pub fn covers(&self, url: &Url) -> bool {
        url.scheme() == self.scheme
            && url.host_str() == Some(self.host.as_str())
            && url.port_or_known_default() == Some(self.port)
    }
}
