//! System calls that a server has no use for, refused by both engines.
//!
//! Namespaces close the network, Landlock and a read-only root the files; this
//! closes what passes them: other socket families (VSOCK knows no namespace),
//! io_uring, memory that no limit counts, other processes, and the way into new
//! namespaces. The server's filter allows what is not named here, so that it
//! does not depend on which calls a C library happens to make.

/// A call by its name with the prefix `SYS_`, and by its number here.
pub(super) type Call = (&'static str, i64);

macro_rules! calls {
    ($($name:ident)*) => {
        &[$((stringify!($name), libc::$name)),*]
    };
}

/// A call that is refused where one argument is so.
pub(super) struct Rule {
    pub call: Call,
    pub argument: u8,
    pub test: Test,
}

pub(super) enum Test {
    /// Other than this.
    Not(i32),
    /// Under the mask, equal to this.
    Masked { mask: i32, value: i32 },
}

/// Refused with EPERM, whatever the arguments are.
pub(super) const REFUSED: &[Call] = calls! {
    // Other ways to do system calls, and to look into the kernel.
    SYS_io_uring_setup SYS_io_uring_enter SYS_io_uring_register SYS_bpf SYS_perf_event_open
    SYS_userfaultfd SYS_syslog SYS_personality SYS_lookup_dcookie SYS_nfsservctl
    // Other processes.
    SYS_ptrace SYS_process_vm_readv SYS_process_vm_writev SYS_process_madvise SYS_kcmp
    SYS_pidfd_open SYS_pidfd_getfd SYS_pidfd_send_signal SYS_kill SYS_tkill SYS_tgkill
    SYS_rt_sigqueueinfo SYS_rt_tgsigqueueinfo
    // Namespaces and mounts.
    SYS_unshare SYS_setns SYS_chroot SYS_pivot_root SYS_mount SYS_umount2 SYS_mount_setattr
    SYS_move_mount SYS_open_tree SYS_fsopen SYS_fsconfig SYS_fsmount SYS_fspick SYS_swapon
    SYS_swapoff SYS_quotactl SYS_acct
    // The machine.
    SYS_reboot SYS_kexec_load SYS_init_module SYS_finit_module SYS_delete_module SYS_sethostname
    SYS_setdomainname SYS_settimeofday SYS_clock_settime SYS_clock_adjtime SYS_adjtimex SYS_vhangup
    SYS_mbind SYS_set_mempolicy SYS_get_mempolicy SYS_migrate_pages SYS_move_pages
    // Keys outlive a process and know no namespace.
    SYS_add_key SYS_request_key SYS_keyctl
    // Memory that RLIMIT_DATA does not count.
    SYS_memfd_create SYS_memfd_secret SYS_shmget SYS_msgget SYS_semget SYS_mq_open
    // Names in the file system, other than the server's socket.
    SYS_mkdirat SYS_mknodat SYS_symlinkat SYS_linkat SYS_renameat SYS_renameat2
    SYS_open_by_handle_at SYS_name_to_handle_at SYS_fanotify_init SYS_fanotify_mark
};

/// Calls of the same meaning that newer architectures do without.
#[cfg(target_arch = "x86_64")]
pub(super) const REFUSED_HERE: &[Call] = calls! {
    SYS_fork SYS_vfork SYS_mkdir SYS_mknod SYS_symlink SYS_link SYS_rename SYS_creat SYS_iopl
    SYS_ioperm SYS_modify_ldt SYS_uselib SYS_ustat SYS_sysfs SYS__sysctl SYS_kexec_file_load
};
#[cfg(not(target_arch = "x86_64"))]
pub(super) const REFUSED_HERE: &[Call] = &[];

/// Refused with ENOSYS: their arguments are in memory, where a filter cannot
/// look, and the C library then uses older calls.
pub(super) const ABSENT: &[Call] = calls! { SYS_clone3 };

/// Refused to a process, which has its program before the filter is closed;
/// what starts a container needs them after.
pub(super) const REFUSED_AT_LAST: &[Call] = calls! { SYS_execve SYS_openat2 };

/// Refused with EPERM, depending on an argument.
pub(super) fn rules() -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut refuse = |call: &[Call], argument, test| {
        let call = call[0];
        rules.push(Rule {
            call,
            argument,
            test,
        });
    };
    refuse(calls!(SYS_socket), 0, Test::Not(libc::AF_UNIX));
    refuse(calls!(SYS_socketpair), 0, Test::Not(libc::AF_UNIX));
    // A process that is not a thread.
    let process = Test::Masked {
        mask: libc::CLONE_THREAD,
        value: 0,
    };
    refuse(calls!(SYS_clone), 0, process);
    for namespace in [
        libc::CLONE_NEWCGROUP,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWNET,
        libc::CLONE_NEWNS,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWUTS,
    ] {
        refuse(calls!(SYS_clone), 0, set(namespace));
    }
    for kind in [libc::MAP_SHARED, libc::MAP_SHARED_VALIDATE] {
        let mask = libc::MAP_SHARED | libc::MAP_SHARED_VALIDATE;
        refuse(calls!(SYS_mmap), 3, Test::Masked { mask, value: kind });
    }
    refuse(calls!(SYS_openat), 2, set(libc::O_CREAT));
    #[cfg(target_arch = "x86_64")]
    refuse(calls!(SYS_open), 1, set(libc::O_CREAT));
    rules
}

fn set(flag: i32) -> Test {
    Test::Masked {
        mask: flag,
        value: flag,
    }
}
