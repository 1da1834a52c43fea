//! What this kernel offers to confine a process, found by trying.

use std::ffi::CString;
use std::io;

use rustix::process::geteuid;
use rustix::thread::UnshareFlags;

use super::child::{become_user, can, change_root, separate};
use super::seccomp;
use crate::error::{Error, Result};
use crate::kernel::counts_by_namespace;

/// Users of servers come from a range that systemd's list of user ids leaves to
/// nobody (1,879,048,192 to 2,147,483,647).
const FIRST_USER: u32 = 1_879_048_192;
/// A power of two within that range.
const USERS: u32 = 1 << 27;

/// What is used for every server. What is missing is told by [`Means::missing`].
#[derive(Clone, Debug)]
pub(super) struct Means {
    pub root: bool,
    /// Network and IPC of its own, and a user namespace where that takes one.
    pub namespaces: UnshareFlags,
    pub chroot: bool,
    /// The kernel's Landlock interface; 0 where there is none.
    pub landlock: u32,
    pub seccomp: bool,
    /// Whether threads are counted for each server by itself.
    pub threads: bool,
}

impl Means {
    /// Tries each in a child process of its own. Takes a few milliseconds.
    ///
    /// # Errors
    /// Where the network or the files would be open to a server, or it would
    /// run as root.
    pub(super) async fn find() -> Result<Self> {
        let root = geteuid().is_root();
        let wanted = if root {
            UnshareFlags::NEWNET | UnshareFlags::NEWIPC
        } else {
            UnshareFlags::NEWUSER | UnshareFlags::NEWNET | UnshareFlags::NEWIPC
        };
        let namespaces = match can(move || separate(wanted)).await {
            Ok(()) => wanted,
            Err(_) => UnshareFlags::empty(),
        };
        let chroot = can(move || {
            separate(namespaces)?;
            change_root(c"/")
        });
        let means = Self {
            root,
            namespaces,
            chroot: chroot.await.is_ok(),
            landlock: landlock_version(),
            seccomp: tried_filters().await.is_ok(),
            threads: root || (!namespaces.is_empty() && counts_by_namespace()),
        };
        if root && can(|| become_user(FIRST_USER)).await.is_err() {
            return Err(Error::NotConfined {
                missing: vec!["It does not let root start a process as another user.".to_owned()],
            });
        }
        let network = !means.namespaces.is_empty() || means.seccomp;
        let files = means.chroot || means.landlock > 0;
        if network && files {
            Ok(means)
        } else {
            Err(Error::NotConfined {
                missing: means.missing(),
            })
        }
    }

    /// What a server is not kept from as well as it could be, in sentences.
    pub(super) fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        let mut say = |text: &str| missing.push(text.to_owned());
        if self.namespaces.is_empty() {
            say(
                "No network namespace can be made: internet sockets are refused by the system call filter alone.",
            );
        }
        if !self.seccomp {
            say(
                "System calls cannot be filtered: sockets of unusual families and shared memory stay open to servers.",
            );
        }
        if self.landlock == 0 {
            say("Landlock is not enabled: files are kept from servers by the changed root alone.");
        }
        if !self.chroot {
            say("The root cannot be changed: servers can reach unix sockets of this user.");
        }
        if !self.threads {
            say(
                "The threads of a server cannot be counted by themselves, so they are not limited.",
            );
        }
        say("The CPU time of servers is not limited: that takes the docker engine.");
        missing
    }

    /// The user that runs the server whose key is this number: each has its
    /// own, always the same.
    pub(super) fn user_for(key: u64) -> u32 {
        let offset = u32::try_from(key % u64::from(USERS)).unwrap_or_default();
        FIRST_USER + offset
    }
}

/// As the kernel says (Linux, userspace-api/landlock, "Compatibility").
fn landlock_version() -> u32 {
    const VERSION: libc::c_ulong = 1;
    // SAFETY: with this flag the call reads no memory and changes nothing.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<libc::c_void>(),
            0usize,
            VERSION,
        )
    };
    u32::try_from(version).unwrap_or_default()
}

async fn tried_filters() -> io::Result<()> {
    let filters = seccomp::filters(-1).map_err(io::Error::other)?;
    can(move || {
        for filter in &filters {
            seccompiler::apply_filter(filter).map_err(|_| io::Error::last_os_error())?;
        }
        Ok(())
    })
    .await
}

/// A path as the kernel takes it.
pub(super) fn c_path(path: &std::path::Path) -> io::Result<CString> {
    use std::os::unix::ffi::OsStrExt;
    Ok(CString::new(path.as_os_str().as_bytes())?)
}
