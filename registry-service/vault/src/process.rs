//! What keeps the memory of this process its own.

use rustix::process::{Resource, Rlimit, setrlimit};
use toolmill_core::{Error, Result};

/// Turns off core dumps and, on Linux, lets no other process of this user look
/// into this one's memory (prctl(2), `PR_SET_DUMPABLE`). To be called once, at
/// start. A program that this one executes is dumpable again; between fork and
/// exec it cannot write its own `/proc/self/uid_map`, unless this is root.
///
/// # Errors
/// Where the kernel refuses.
pub fn harden_process() -> Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).map_err(refused)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(refused)?;
    Ok(())
}

fn refused(error: rustix::io::Errno) -> Error {
    Error::internal("Core dumps cannot be turned off.", error)
}
