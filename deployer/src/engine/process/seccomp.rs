//! System calls that a server has no use for.
//!
//! Namespaces close the network, Landlock the files; this closes what passes
//! both: other socket families (VSOCK knows no namespace), io_uring, memory
//! that no limit counts, other processes, and the way into new namespaces.

use std::collections::BTreeMap;
use std::env::consts::ARCH;
use std::os::fd::RawFd;

use libc::{
    AF_UNIX, AT_EMPTY_PATH, CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID,
    CLONE_NEWUSER, CLONE_NEWUTS, CLONE_THREAD, MAP_SHARED, MAP_SHARED_VALIDATE, O_CREAT,
};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Refused whatever the arguments are.
const REFUSED: &[i64] = &[
    // Other ways to do system calls, and to look into the kernel.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_syslog,
    libc::SYS_personality,
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_kcmp,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    // Programs.
    libc::SYS_execve,
    // Namespaces and mounts.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_chroot,
    libc::SYS_pivot_root,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_quotactl,
    libc::SYS_acct,
    // The machine.
    libc::SYS_reboot,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    // Keys outlive a process and know no namespace.
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    // Memory that RLIMIT_DATA does not count.
    libc::SYS_memfd_create,
    libc::SYS_memfd_secret,
    libc::SYS_shmget,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_mq_open,
    // Names in the file system, other than the server's socket.
    libc::SYS_mkdirat,
    libc::SYS_mknodat,
    libc::SYS_symlinkat,
    libc::SYS_linkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_fanotify_init,
    libc::SYS_fanotify_mark,
    // The flags of openat2 are in memory, where a filter cannot look.
    libc::SYS_openat2,
];

/// Older calls with the same meaning, which newer architectures do without.
#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[i64] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_mkdir,
    libc::SYS_mknod,
    libc::SYS_symlink,
    libc::SYS_link,
    libc::SYS_rename,
    libc::SYS_creat,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS_uselib,
    libc::SYS_kexec_file_load,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[i64] = &[];

/// The filters, to be applied in this order. `program` is the descriptor that
/// the process is about to execute; it executes nothing else.
pub(super) fn filters(program: RawFd) -> Result<Vec<BpfProgram>, BackendError> {
    let mut refused: Rules = REFUSED
        .iter()
        .chain(REFUSED_HERE)
        .map(|&call| (call, Vec::new()))
        .collect();
    refuse_by_argument(&mut refused, program)?;
    let absent = Rules::from([(libc::SYS_clone3, Vec::new())]);
    Ok(vec![
        // The flags of clone3 are in memory too; without it, the C library uses clone.
        compile(absent, libc::ENOSYS)?,
        compile(refused, libc::EPERM)?,
    ])
}

fn refuse_by_argument(rules: &mut Rules, program: RawFd) -> Result<(), BackendError> {
    let unix = number(AF_UNIX);
    for call in [libc::SYS_socket, libc::SYS_socketpair] {
        rules.insert(call, vec![rule(0, SeccompCmpOp::Ne, unix)?]);
    }
    rules.insert(
        libc::SYS_execveat,
        vec![
            rule(0, SeccompCmpOp::Ne, number(program))?,
            rule(4, SeccompCmpOp::Ne, number(AT_EMPTY_PATH))?,
        ],
    );
    let mut clone = vec![rule(0, SeccompCmpOp::MaskedEq(number(CLONE_THREAD)), 0)?];
    for flag in [
        CLONE_NEWCGROUP,
        CLONE_NEWIPC,
        CLONE_NEWNET,
        CLONE_NEWNS,
        CLONE_NEWPID,
        CLONE_NEWUSER,
        CLONE_NEWUTS,
    ] {
        clone.push(set(0, flag)?);
    }
    rules.insert(libc::SYS_clone, clone);
    let kind = SeccompCmpOp::MaskedEq(number(MAP_SHARED | MAP_SHARED_VALIDATE));
    rules.insert(
        libc::SYS_mmap,
        vec![
            rule(3, kind.clone(), number(MAP_SHARED))?,
            rule(3, kind, number(MAP_SHARED_VALIDATE))?,
        ],
    );
    rules.insert(libc::SYS_openat, vec![set(2, O_CREAT)?]);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, vec![set(1, O_CREAT)?]);
    Ok(())
}

fn compile(rules: Rules, errno: i32) -> Result<BpfProgram, BackendError> {
    let arch = TargetArch::try_from(ARCH)?;
    SeccompFilter::new(
        with_x32(rules),
        SeccompAction::Allow,
        SeccompAction::Errno(errno.unsigned_abs()),
        arch,
    )?
    .try_into()
}

/// On x86-64 a kernel may know each call under a second number (the x32 ABI),
/// and a few under numbers of their own.
fn with_x32(rules: Rules) -> Rules {
    const X32: i64 = 0x4000_0000;
    const OWN: std::ops::RangeInclusive<i64> = 512..=547;
    if ARCH != "x86_64" {
        return rules;
    }
    let doubled = rules
        .iter()
        .map(|(call, rules)| (call | X32, rules.clone()));
    let own = OWN.map(|call| (call | X32, Vec::new()));
    doubled.chain(own).chain(rules.clone()).collect()
}

fn set(argument: u8, flag: i32) -> Result<SeccompRule, BackendError> {
    rule(argument, SeccompCmpOp::MaskedEq(number(flag)), number(flag))
}

fn rule(argument: u8, compare: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, compare, value)?;
    SeccompRule::new(vec![condition])
}

fn number(flag: i32) -> u64 {
    u64::from(flag.cast_unsigned())
}
