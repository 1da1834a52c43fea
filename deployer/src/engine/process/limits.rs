//! What a server process may use, kept by resource limits.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::engine::ServerLimits;

/// Two descriptors for each of some 500 calls at once.
const FILES: u64 = 1024;
/// Of each thread. It counts as a whole while hardly used.
const STACK: u64 = 2 << 20;

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of writable memory of its own, the stacks of its threads included.
    memory: u64,
    /// Threads, where they are counted for each server by itself.
    threads: Option<u64>,
}

impl Limits {
    /// `counts`: whether threads are counted for each server by itself.
    pub(super) fn new(limits: &ServerLimits, counts: bool) -> Self {
        let stacks = STACK.saturating_mul(limits.pids);
        Self {
            memory: limits.memory.saturating_add(stacks),
            threads: counts.then_some(limits.pids),
        }
    }

    /// Sets them for the calling process; nothing here allocates.
    pub(super) fn apply(self) -> io::Result<()> {
        let fixed = |most| Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(Resource::Core, fixed(0))?;
        // Files cannot grow, so the disk cannot be filled; sockets and pipes are no files here.
        setrlimit(Resource::Fsize, fixed(0))?;
        setrlimit(Resource::Nofile, fixed(FILES))?;
        setrlimit(Resource::Data, fixed(self.memory))?;
        setrlimit(Resource::Memlock, fixed(0))?;
        if let Some(threads) = self.threads {
            setrlimit(Resource::Nproc, fixed(threads))?;
        }
        Ok(())
    }
}
