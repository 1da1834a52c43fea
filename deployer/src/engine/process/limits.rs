//! What a server process may use, kept by resource limits.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// Threads, counted over all of the server's user.
const THREADS: u64 = 32;
/// Two descriptors for each of some 500 calls at once.
const FILES: u64 = 1024;
/// Writable memory of its own: 64 MiB, and as much again for the stacks of
/// [`THREADS`] threads, which count here as a whole while hardly used.
const MEMORY: u64 = 128 << 20;

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Whether threads are counted for each server by itself.
    pub threads: bool,
}

impl Limits {
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
        setrlimit(Resource::Data, fixed(MEMORY))?;
        setrlimit(Resource::Memlock, fixed(0))?;
        if self.threads {
            setrlimit(Resource::Nproc, fixed(THREADS))?;
        }
        Ok(())
    }
}
