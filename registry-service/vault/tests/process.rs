//! A hardened process leaves no core and lets nobody look in.

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

/// Set for the run of this program that hardens itself.
const INNER: &str = "TOOLMILL_TEST_HARDENED";

/// In a process of its own, so that the other tests stay as they are.
#[test]
fn a_hardened_process_leaves_no_core() {
    if std::env::var_os(INNER).is_some() {
        return hardened();
    }
    let inner = Command::new(std::env::current_exe().expect("it has a path"))
        .args(["--exact", "a_hardened_process_leaves_no_core"])
        .env(INNER, "1")
        .status()
        .expect("it runs");
    assert!(inner.success());
}

fn hardened() {
    assert!(dumpable(), "the control");
    toolmill_vault::harden_process().expect("it is hardened");
    toolmill_vault::harden_process().expect("again is fine");
    assert!(!dumpable());
    let limits = fs::read_to_string("/proc/self/limits").expect("it is read");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .expect("it has the limit");
    let values: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"]);
    assert_eq!(
        fs::metadata("/proc/self/mem").expect("it is there").uid(),
        0
    );
}

fn dumpable() -> bool {
    let behavior = rustix::process::dumpable_behavior().expect("it is known");
    behavior == rustix::process::DumpableBehavior::Dumpable
}
