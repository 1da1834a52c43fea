//! Hostile specifications through the program itself: whatever they say, `generate`
//! writes its target, ends in time, and does nothing else (oracles O2, O15 and O19).

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::oracle;
use crate::support::Home;

/// The specifications of this repository, and the hostile ones where they are to be had.
pub fn specifications() -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root().join("cli/tests/it/traps/specs"), &mut found);
    collect(&root().join("generator/tests/golden"), &mut found);
    found.retain(|path| !path.to_string_lossy().contains("/expected/"));
    found.extend(hostile());
    found
}

/// The hostile ones, which are kept outside this repository.
pub fn hostile() -> Vec<PathBuf> {
    let shared = std::env::var_os("TOOLMILL_SHARED").unwrap_or_default();
    // A relative path is one from the root of the repository.
    let folder = root().join(shared).join("hostile");
    let mut found = Vec::new();
    if folder.join("cases.json").exists() {
        collect(&folder, &mut found);
        found.retain(|path| !path.ends_with("cases.json"));
        assert!(found.len() > 80, "{} cases", found.len());
    } else {
        // Past the test harness, which would keep it to itself.
        let said = writeln!(
            std::io::stderr(),
            "*** NOT RUN: there is no `hostile/cases.json` in TOOLMILL_SHARED."
        );
        assert!(said.is_ok(), "stderr is open");
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, found);
        } else if path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "json")
        {
            found.push(path.canonicalize().expect("a path"));
        }
    }
}

#[test]
fn a_specification_costs_little_and_touches_its_target_only() {
    if !oracle::is_there() {
        return;
    }
    let specifications = specifications();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut faults = Vec::new();
        while let Some(spec) = specifications.get(next.fetch_add(1, Ordering::Relaxed)) {
            faults.extend(faults_of(spec));
        }
        faults
    };
    let faults = std::thread::scope(|scope| {
        let both = [scope.spawn(work), scope.spawn(work)];
        both.map(|one| one.join().expect("no panic")).concat()
    });
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    let canaries = std::fs::read_dir("/tmp").expect("a folder").flatten();
    let canary = canaries
        .map(|entry| entry.file_name().into_string().unwrap_or_default())
        .find(|name| name.starts_with("pwned"));
    assert_eq!(canary, None, "a payload ran");
}

/// What `generate` did wrong with one specification.
fn faults_of(spec: &Path) -> Vec<String> {
    let home = Home::new();
    let target = home.path().join("target");
    let (from, to) = (spec.to_string_lossy(), target.to_string_lossy());
    let toolmill = env!("CARGO_BIN_EXE_toolmill");
    let seen = oracle::watch(&[toolmill, "generate", &from, "-o", &to], spec, &target);
    let mut faults = seen.violations;
    let stderr = String::from_utf8_lossy(&seen.output.stderr);
    match seen.output.status.code() {
        Some(0) if target.join("Cargo.toml").exists() => {}
        Some(3) if !target.exists() && stderr.contains("error") => {}
        code => faults.push(format!("it ended with {code:?}: {stderr}")),
    }
    let beside = std::fs::read_dir(home.path()).expect("a folder");
    let beside = beside.map(|entry| entry.expect("an entry").path());
    faults.extend(
        beside
            .filter(|path| *path != target)
            .map(|path| format!("beside it: {}", path.display())),
    );
    faults
        .into_iter()
        .map(|fault| format!("{from}: {fault}"))
        .collect()
}

/// What the oracle exists for, it sees.
#[test]
fn the_oracle_sees_what_is_not_allowed() {
    if !oracle::is_there() {
        return;
    }
    let home = Home::new();
    let target = home.path().join("target");
    let watch = |script: &str| {
        let seen = oracle::watch(&["bash", "-c", script], Path::new("/none"), &target);
        (seen.violations.join("\n"), seen.output.status.success())
    };
    let outside = home.path().join("outside");
    for (script, sign) in [
        (format!("echo x > {}", outside.display()), "outside"),
        ("read x < /etc/passwd".to_owned(), "/etc/passwd"),
        ("/bin/true".to_owned(), "execve(\"/bin/true\""),
        ("exec 3<>/dev/udp/127.0.0.1/9".to_owned(), "connect("),
    ] {
        let (violations, _) = watch(&script);
        assert!(violations.contains(sign), "`{sign}` in: {violations}");
    }
    let (violations, ended) = watch("x=$(printf '%*s' 600000000 '')");
    assert!(!ended, "600 MB are too much: {violations}");
    assert!(
        !watch("ulimit -t 1; while :; do :; done").1,
        "endless work ends"
    );
}
