//! Keeps a compiler to its work: it reads the toolchain and the sources it was
//! given, writes one folder, and reaches no network.
//!
//! Generated sources are ours, but made of a stranger's text, and a compiler
//! reads any file that a source names.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError, Scope,
};
use rustix::process::{Resource, Rlimit, geteuid, setrlimit};
use rustix::thread::{UnshareFlags, unshare_unsafe};
use tokio::process::Command;

use super::limits::BuildLimits;
use crate::kernel::counts_by_namespace;

/// The newest kernel interface that this was written for. Older kernels
/// enforce what they know of it.
const NEWEST: ABI = ABI::V7;

/// Where programs and libraries are on Linux, NixOS included. Not the whole of
/// `/etc`: it has secrets.
const SYSTEM: &[&str] = &[
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/usr",
    "/opt",
    "/nix/store",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/dev/urandom",
];

/// Lets `command` read the system, `reads` and `writable`, and write only the
/// last, within `limits`. What the kernel does not know is left out.
pub(super) fn confine(
    command: &mut Command,
    reads: &[&Path],
    writable: &Path,
    limits: &BuildLimits,
) -> io::Result<()> {
    let mut rules = Some(rules(reads, writable).map_err(io::Error::other)?);
    let namespaces = if geteuid().is_root() {
        UnshareFlags::NEWNET
    } else {
        UnshareFlags::NEWUSER | UnshareFlags::NEWNET
    };
    let BuildLimits {
        memory,
        processes,
        disk,
        ..
    } = *limits;
    // Elsewhere the processes of the same user outside would count.
    let counted = namespaces.contains(UnshareFlags::NEWUSER) && counts_by_namespace();
    let enter = move || {
        limit(Resource::Core, 0)?;
        limit(Resource::Fsize, disk)?;
        limit(Resource::As, memory)?;
        // SAFETY: descriptors are not among what is unshared, and the calling
        // process has one thread. Where it is not allowed, Landlock refuses TCP.
        let unshared = unsafe { unshare_unsafe(namespaces) }.is_ok();
        if unshared && counted {
            limit(Resource::Nproc, processes)?;
        }
        if let Some(rules) = rules.take() {
            let last = |_| io::Error::last_os_error();
            rules.restrict_self().map_err(last)?;
        }
        Ok(())
    };
    // SAFETY: the closure runs in a forked child, where only async-signal-safe
    // functions may be called. It makes system calls on what was prepared
    // before the fork, and neither allocates nor takes a lock.
    unsafe {
        command.pre_exec(enter);
    }
    Ok(())
}

fn rules(reads: &[&Path], writable: &Path) -> Result<RulesetCreated, RulesetError> {
    let read = AccessFs::from_read(NEWEST);
    let write = AccessFs::from_all(NEWEST);
    let null = AccessFs::ReadFile | AccessFs::WriteFile;
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(write)?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    let system = SYSTEM.iter().map(PathBuf::from);
    for path in system.chain(reads.iter().map(|path| path.to_path_buf())) {
        rules = allow(rules, &path, read)?;
    }
    rules = allow(rules, Path::new("/dev/null"), null)?;
    allow(rules, writable, write)
}

/// A rule for what is there; what is not needs none.
fn allow(
    rules: RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    let Ok(file) = File::open(path) else {
        return Ok(rules);
    };
    let folder = file.metadata().is_ok_and(|found| found.is_dir());
    let access = if folder {
        access
    } else {
        access & AccessFs::from_file(NEWEST)
    };
    rules.add_rule(PathBeneath::new(file, access))
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let maximum = Some(most);
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    Ok(setrlimit(resource, limit)?)
}
