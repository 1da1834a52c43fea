//! What a process did to the machine: files, programs and sockets, as `strace`
//! saw it, within limits of memory and time.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::needs;

/// 512 MiB and 5 s of processor time: what a specification may cost.
const LIMITS: &str = "ulimit -v 524288 -t 5 -c 0";

const CALLS: &str = "execve,execveat,%network,open,openat,openat2,creat,mkdir,mkdirat,\
    rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,truncate,\
    chmod,fchmodat,chown,fchownat,mknod,mknodat,mount";

/// A finished process, and what it did that nobody asked for.
pub struct Seen {
    pub output: Output,
    pub violations: Vec<String>,
}

/// Whether there is an `strace` that may look. With `TOOLMILL_REQUIRE_STRACE=1` there must be.
pub fn is_there() -> bool {
    let looks = Command::new("strace").args(["-f", "true"]).output();
    looks.is_ok_and(|output| output.status.success())
        || needs::missing("TOOLMILL_REQUIRE_STRACE", "`strace` is not to be had")
}

/// Runs a program that may read `reads` and what programs always read, change nothing
/// but what is below `writes`, start nothing and talk to nobody.
pub fn watch(program: &[&str], reads: &Path, writes: &Path) -> Seen {
    let log = tempfile::NamedTempFile::new().expect("a file");
    let script = format!("{LIMITS}; exec strace -f -qq -s 4096 -o \"$0\" -e trace={CALLS} \"$@\"");
    let output = Command::new("bash")
        .args(["-c", &script])
        .arg(log.path())
        .args(program)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", writes.parent().expect("a folder"))
        .output()
        .expect("bash starts");
    let log = std::fs::read_to_string(log.path()).expect("text");
    let mut lines = log
        .lines()
        .map(|line| line.split_once(' ').map_or("", |(_, call)| call.trim()));
    let first = lines.next().unwrap_or_default();
    assert!(
        first.starts_with("execve("),
        "the log begins with the program: {first}"
    );
    let calls = lines.filter(|line| !is_allowed(line, reads, writes));
    let violations = calls.map(str::to_owned).collect();
    Seen { output, violations }
}

fn is_allowed(call: &str, reads: &Path, writes: &Path) -> bool {
    let Some((name, rest)) = call.split_once('(') else {
        // Signals, ends of processes, and calls that were interrupted: their beginning counts.
        return true;
    };
    // What failed because there is nothing did nothing.
    if rest.contains("= -1 ENOENT") {
        return true;
    }
    match name {
        // Within the process: how it hears of signals.
        "socketpair" | "recvfrom" | "sendto" | "getsockopt" | "setsockopt" => {
            !rest.contains("sin_addr") && !rest.contains("sun_path")
        }
        "open" | "openat" | "openat2"
            if !rest.contains("O_CREAT")
                && !rest.contains("O_WRONLY")
                && !rest.contains("O_RDWR") =>
        {
            let usual = [
                "/lib",
                "/usr/lib",
                "/etc/ld.so",
                "/proc/self",
                "/sys/fs/cgroup",
                "/sys/devices/system/cpu",
            ];
            paths(rest).iter().all(|path| {
                Path::new(path) == reads
                    || is_below(path, writes)
                    || usual.iter().any(|usual| path.starts_with(usual))
            })
        }
        "open" | "openat" | "openat2" | "creat" | "mkdir" | "mkdirat" | "rename" | "renameat"
        | "renameat2" | "unlink" | "unlinkat" | "rmdir" | "chmod" | "fchmodat" => {
            paths(rest).iter().all(|path| is_below(path, writes))
        }
        _ => false,
    }
}

/// The texts among a call's arguments.
fn paths(arguments: &str) -> Vec<&str> {
    arguments.split('"').skip(1).step_by(2).collect()
}

fn is_below(path: &str, folder: &Path) -> bool {
    Path::new(path).starts_with(folder) && !path.split('/').any(|part| part == "..")
}
