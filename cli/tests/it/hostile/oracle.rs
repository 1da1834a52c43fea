//! What a process did to the machine: files, programs and sockets, as `strace`
//! saw it, within limits of memory and time.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output};

use crate::support::needs;

/// 512 MiB and 5 s of processor time: what a specification may cost.
pub const LIMITS: &str = "ulimit -v 524288 -t 5 -c 0";

const CALLS: &str = "execve,execveat,%network,open,openat,openat2,creat,mkdir,mkdirat,\
    rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,truncate,\
    chdir,fchdir,chmod,fchmodat,chown,fchownat,mknod,mknodat,mount";

/// What is written of a thread that was gone before anybody saw what it was about to do.
const GONE: &str = "???( <detached ...>";

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

/// What a program may do.
pub struct Rules<'a> {
    /// Given to the shell's `ulimit`.
    pub limits: &'static str,
    /// Where it begins.
    pub folder: &'a Path,
    /// Files that it may read, and folders with what is below them, besides what all
    /// programs read.
    pub reads: &'a [&'a Path],
    /// Folders below which it may do as it likes.
    pub writes: &'a [&'a Path],
    /// Whether it may start this program.
    pub starts: &'a dyn Fn(&Path) -> bool,
    /// All that it sees of the environment, but for `PATH`.
    pub environment: &'a [(&'a str, OsString)],
}

/// Runs a program that may read `reads`, change nothing but what is below `writes`, start
/// nothing and talk to nobody.
pub fn watch(program: &[&str], reads: &Path, writes: &Path) -> Seen {
    let folder = writes.parent().expect("a folder");
    let rules = Rules {
        limits: LIMITS,
        folder,
        reads: &[reads],
        writes: &[writes],
        starts: &|_| false,
        environment: &[("HOME", folder.into())],
    };
    watch_by(program, &rules)
}

/// Runs a program, and lists what it and all that it started did against the rules.
pub fn watch_by(program: &[&str], rules: &Rules<'_>) -> Seen {
    let log = tempfile::NamedTempFile::new().expect("a file");
    let limits = rules.limits;
    let script =
        format!("{limits}; exec strace -f -y -qq -s 4096 -o \"$0\" -e trace={CALLS} \"$@\"");
    let output = Command::new("bash")
        .args(["-c", &script])
        .arg(log.path())
        .args(program)
        .current_dir(rules.folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(rules.environment.iter().map(|(name, value)| (name, value)))
        .output()
        .expect("bash starts");
    // File names are bytes.
    let log = std::fs::read(log.path()).expect("a log");
    let log = String::from_utf8_lossy(&log);
    let mut calls = calls(&log).into_iter();
    let first = calls.next().unwrap_or_default();
    assert!(
        first.starts_with("execve("),
        "the log begins with the program: {first}"
    );
    let violations = calls.filter(|call| !is_allowed(call, rules)).collect();
    Seen { output, violations }
}

/// The calls of a log, each whole: one that others came between is written in two parts.
fn calls(log: &str) -> Vec<String> {
    let mut begun = HashMap::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let (process, call) = line.split_once(' ').unwrap_or_default();
        let call = call.trim();
        if let Some(beginning) = call.strip_suffix(" <unfinished ...>") {
            begun.insert(process, beginning);
        } else if let Some(resumed) = call.strip_prefix("<... ") {
            let end = resumed.split_once(" resumed>").map_or("", |(_, end)| end);
            let beginning = begun.remove(process).unwrap_or_default();
            calls.push(format!("{beginning}{end}"));
        } else if call != GONE {
            calls.push(call.to_owned());
        }
    }
    // Whoever was ended meanwhile may have done it all the same.
    calls.extend(begun.into_values().map(str::to_owned));
    calls
}

fn is_allowed(call: &str, rules: &Rules<'_>) -> bool {
    let Some((name, rest)) = call.split_once('(') else {
        // Signals, and ends of processes.
        return true;
    };
    // What failed because there is nothing did nothing.
    if rest.contains("= -1 ENOENT") {
        return true;
    }
    let changes = |flag| rest.contains(flag);
    match name {
        // Within the process: how it hears of signals, and of programs that cannot be started.
        "socketpair" | "recvfrom" | "sendto" | "getsockopt" | "setsockopt" => {
            !rest.contains("sin_addr") && !rest.contains("sun_path")
        }
        "execve" => paths(rest, rules.folder)
            .first()
            .is_some_and(|path| (rules.starts)(path)),
        "open" | "openat" | "openat2"
            if !["O_CREAT", "O_WRONLY", "O_RDWR"].into_iter().any(changes) =>
        {
            let mut paths = paths(rest, rules.folder).into_iter();
            paths.all(|path| may_read(&path, rules))
        }
        "open" | "openat" | "openat2" | "creat" | "mkdir" | "mkdirat" | "rename" | "renameat"
        | "renameat2" | "link" | "linkat" | "unlink" | "unlinkat" | "rmdir" | "chdir"
        | "fchdir" | "chmod" | "fchmodat" => {
            let below = |path: &PathBuf| rules.writes.iter().any(|folder| path.starts_with(folder));
            let harmless = |path: &PathBuf| path == Path::new("/dev/null");
            let mut paths = paths(rest, rules.folder).into_iter();
            paths.all(|path| below(&path) || harmless(&path))
        }
        _ => false,
    }
}

fn may_read(path: &Path, rules: &Rules<'_>) -> bool {
    let usual = [
        "/lib",
        "/usr/lib",
        "/etc/ld.so",
        "/proc/self",
        "/proc/sys/vm/overcommit_memory",
        "/dev/null",
        "/sys/fs/cgroup",
        "/sys/devices/system/cpu",
        "/sys/kernel/mm/transparent_hugepage",
    ];
    let text = path.to_string_lossy();
    let own = [rules.reads, rules.writes].concat();
    own.iter().any(|known| path.starts_with(known))
        || usual.iter().any(|usual| text.starts_with(usual))
}

/// The paths among a call's arguments. `strace` says in which folder a relative one begins
/// (`5</folder>, "name"`), or else it is that of the process: the one it began in, or
/// another that it was allowed to go to.
fn paths(arguments: &str, here: &Path) -> Vec<PathBuf> {
    let mut parts = arguments.split('"');
    let mut before = parts.next().unwrap_or_default();
    let mut found = Vec::new();
    while let Some(path) = parts.next() {
        let folder = before
            .rsplit_once('<')
            .and_then(|(_, rest)| rest.strip_suffix(">, "));
        let folder = folder.map_or(here, Path::new);
        found.push(lexically(&folder.join(path)));
        before = parts.next().unwrap_or_default();
    }
    found
}

/// A path without `..`, as if there were no links.
fn lexically(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}
