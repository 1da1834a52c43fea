//! Starts a program that has given up everything it does not need.
//!
//! All that allocates is prepared before the fork; what runs after it, between
//! fork and exec, are system calls in an order in which each is still allowed.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::Stdio;
use std::ptr;

use landlock::RulesetCreated;
use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal, setsid};
use rustix::thread::{
    Gid, Uid, UnshareFlags, set_no_new_privs, set_thread_groups, set_thread_res_gid,
    set_thread_res_uid, unshare_unsafe,
};
use seccompiler::BpfProgram;
use tokio::process::{Child, Command};

use super::limits::Limits;
use crate::spawn::spawn;

/// `argv` without its end: the program's name, four options and their values.
const MOST_ARGUMENTS: usize = 9;

/// What a child gives up, in this order, and what it then runs.
pub(super) struct Jail {
    pub namespaces: UnshareFlags,
    /// Its new root.
    pub root: Option<CString>,
    /// Its user and group.
    pub user: Option<u32>,
    pub limits: Limits,
    pub ruleset: Option<RulesetCreated>,
    pub filters: Vec<BpfProgram>,
    /// Open on the program, which need not be visible from the new root.
    pub program: OwnedFd,
    /// The first is the program's name; at most [`MOST_ARGUMENTS`].
    pub arguments: Vec<CString>,
}

/// Starts it with an empty environment, its output in pipes. It is killed with
/// this process.
pub(super) async fn start(mut jail: Jail) -> io::Result<Child> {
    assert!(jail.arguments.len() <= MOST_ARGUMENTS);
    let parent = rustix::process::getpid();
    // The name is for messages only: the child executes the descriptor itself.
    let mut command = Command::new("server");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // SAFETY: the closure runs in a forked child, where only async-signal-safe
    // functions may be called. It makes system calls on memory prepared before
    // the fork, and neither allocates nor takes a lock.
    unsafe {
        command.pre_exec(move || Err(jail.enter(parent)));
    }
    spawn(command).await
}

/// Whether a child could do `trial`: it does it and ends, and nothing else
/// happens. `trial` may only make system calls.
pub(super) async fn can(
    mut trial: impl FnMut() -> io::Result<()> + Send + Sync + 'static,
) -> io::Result<()> {
    const DONE: i32 = libc::ECANCELED;
    let mut command = Command::new("trial");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // SAFETY: as above; the closure always ends in an error, so nothing is executed.
    unsafe {
        command.pre_exec(move || {
            trial()?;
            Err(io::Error::from_raw_os_error(DONE))
        });
    }
    match spawn(command).await {
        Err(error) if error.raw_os_error() == Some(DONE) => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err(io::Error::other("the trial did not end")),
    }
}

impl Jail {
    /// Does it all to the calling process. Comes back only with an error.
    fn enter(&mut self, parent: Pid) -> io::Error {
        match self.confine(parent) {
            Ok(()) => self.execute(),
            Err(error) => error,
        }
    }

    fn confine(&mut self, parent: Pid) -> io::Result<()> {
        setsid()?;
        separate(self.namespaces)?;
        if let Some(root) = &self.root {
            change_root(root)?;
        }
        if let Some(user) = self.user {
            become_user(user)?;
        }
        self.limits.apply()?;
        // Only now: a change of user would take it back.
        set_parent_process_death_signal(Some(Signal::KILL))?;
        if getppid() != Some(parent) {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        close_on_exec();
        set_no_new_privs(true)?;
        if let Some(ruleset) = self.ruleset.take() {
            ruleset.restrict_self().map_err(|_| last())?;
        }
        for filter in &self.filters {
            seccompiler::apply_filter(filter).map_err(|_| last())?;
        }
        Ok(())
    }

    fn execute(&self) -> io::Error {
        let mut arguments = [ptr::null(); MOST_ARGUMENTS + 1];
        for (place, argument) in arguments.iter_mut().zip(&self.arguments) {
            *place = argument.as_ptr();
        }
        let environment: [*const libc::c_char; 1] = [ptr::null()];
        let empty: &CStr = c"";
        // SAFETY: all pointers are to strings ended by zero, in arrays ended by
        // null, which live until the call has replaced this process or failed.
        unsafe {
            libc::syscall(
                libc::SYS_execveat,
                self.program.as_raw_fd(),
                empty.as_ptr(),
                arguments.as_ptr(),
                environment.as_ptr(),
                libc::AT_EMPTY_PATH,
            );
        }
        last()
    }
}

pub(super) fn separate(namespaces: UnshareFlags) -> io::Result<()> {
    // SAFETY: descriptors are not among what is unshared, and the calling
    // process has one thread.
    unsafe { unshare_unsafe(namespaces) }.map_err(Into::into)
}

pub(super) fn change_root(root: &CStr) -> io::Result<()> {
    rustix::process::chroot(root)?;
    Ok(rustix::process::chdir(c"/")?)
}

pub(super) fn become_user(user: u32) -> io::Result<()> {
    let (uid, gid) = (Uid::from_raw(user), Gid::from_raw(user));
    set_thread_groups(&[])?;
    set_thread_res_gid(gid, gid, gid)?;
    Ok(set_thread_res_uid(uid, uid, uid)?)
}

/// Keeps descriptors that some library opened without care out of the program.
/// Kernels before 5.11 do not know the call; Rust's own descriptors need it not.
fn close_on_exec() {
    // SAFETY: marks descriptors, closes none.
    unsafe {
        libc::syscall(
            libc::SYS_close_range,
            3u32,
            u32::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        );
    }
}

/// The error of a library that wraps the system's: the wrapper may allocate.
fn last() -> io::Error {
    io::Error::last_os_error()
}
