//! What a request to an API may take.

use std::time::Duration;

/// Limits of one request to an API. A call's own deadline counts, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EgressLimits {
    /// A server has so long for a request's head, the time between two requests
    /// on one connection included. Servers keep connections for 30 s.
    pub head: Duration,
    /// Looking up the name and making a TCP connection.
    pub connect: Duration,
    pub tls: Duration,
    /// From sending the request to the end of the answer's head.
    pub headers: Duration,
    /// Between two parts of the answer's body.
    pub idle: Duration,
    /// From the server's request to the last byte of the answer, which the server
    /// must have read by then.
    pub total: Duration,
    /// Bytes of the answer's body, as transferred.
    pub answer: u64,
}

impl Default for EgressLimits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(60),
            connect: Duration::from_secs(5),
            tls: Duration::from_secs(10),
            headers: Duration::from_secs(10),
            idle: Duration::from_secs(15),
            total: Duration::from_secs(30),
            answer: 10 * 1024 * 1024,
        }
    }
}

/// An answer's head may have at most so many headers, and so many bytes.
pub(super) const MAX_HEADERS: usize = 100;
pub(super) const MAX_HEAD: usize = 64 * 1024;
