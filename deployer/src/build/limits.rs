//! What a build may use.

use std::time::Duration;

/// Limits of one run of a compiler. The runtime, whose sources are no
/// stranger's, is held to time and log alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuildLimits {
    pub time: Duration,
    /// Bytes of address space of each of its processes.
    pub memory: u64,
    /// Threads of all its processes. Not kept where this program runs as root,
    /// whose threads Linux does not limit, or on kernels before 5.14.
    pub processes: u64,
    /// Bytes of the largest file.
    pub disk: u64,
    /// Bytes of a log that are kept from its start, and as many from its end.
    pub log: usize,
}

impl Default for BuildLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(15 * 60),
            memory: 6 << 30,
            processes: 512,
            disk: 4 << 30,
            log: 100 << 10,
        }
    }
}
