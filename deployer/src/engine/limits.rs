//! What a server may use.

/// Limits of one server, given to it when it is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerLimits {
    /// Bytes. A process is not held to what it has in use, but to what it may
    /// write; the stacks of its threads come on top.
    pub memory: u64,
    /// Processes and threads.
    pub pids: u64,
    /// Hundredths of a processor. Processes are not held to it.
    pub cpu_percent: u64,
    /// `NAME=VALUE`: limits that the server keeps itself, as its `--limit` takes
    /// them.
    pub own: Vec<String>,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            pids: 32,
            cpu_percent: 100,
            own: Vec::new(),
        }
    }
}

impl ServerLimits {
    /// The value of `--limit`, where it is needed.
    pub(super) fn option(&self) -> Option<String> {
        (!self.own.is_empty()).then(|| self.own.join(","))
    }
}
