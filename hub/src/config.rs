//! What the composition root decides.

use std::time::Duration;

use secrecy::SecretBox;
use toolmill_core::SystemCtx;

use crate::egress::EgressLimits;

/// One page of a tool list: whichever is reached first ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimits {
    pub tools: u32,
    /// A page has at least one tool, however large.
    pub bytes: usize,
}

impl Default for PageLimits {
    /// A common client refuses answers of more than 1 MiB.
    fn default() -> Self {
        Self {
            tools: 100,
            bytes: 512 << 10,
        }
    }
}

/// How a hub is set up.
pub struct HubConfig {
    pub system: SystemCtx,
    /// Signs the session ids of older clients. The same for every replica, and
    /// used for nothing else.
    pub session_key: SecretBox<[u8; 32]>,
    /// Names under which `/mcp` is reached, as in `Host`: with a port, or
    /// without one for all ports.
    pub allowed_hosts: Vec<String>,
    /// Web pages that may call `/mcp`, as in `Origin`, besides those that the
    /// allowed hosts serve.
    pub allowed_origins: Vec<String>,
    /// Bytes of one message to `/mcp`.
    pub message: usize,
    /// How much of a tool list comes at once.
    pub page: PageLimits,
    /// What a call may take, waking its server included.
    pub call_within: Duration,
    /// What a server's request to its API may take.
    pub egress: EgressLimits,
    /// Certificate authorities (X.509 in DER) that APIs may have, besides those
    /// of the web.
    pub further_roots: Vec<Vec<u8>>,
}

impl HubConfig {
    /// What [`Self::message`] usually is.
    pub const MESSAGE: usize = 4 << 20;
    /// What [`Self::call_within`] usually is.
    pub const CALL_WITHIN: Duration = Duration::from_secs(60);

    /// A hub for this machine alone.
    #[must_use]
    pub fn local(system: SystemCtx, session_key: SecretBox<[u8; 32]>) -> Self {
        let loopback = ["localhost", "127.0.0.1", "[::1]"];
        Self {
            system,
            session_key,
            allowed_hosts: loopback.map(str::to_owned).into(),
            allowed_origins: Vec::new(),
            message: Self::MESSAGE,
            page: PageLimits::default(),
            call_within: Self::CALL_WITHIN,
            egress: EgressLimits::default(),
            further_roots: Vec::new(),
        }
    }
}
