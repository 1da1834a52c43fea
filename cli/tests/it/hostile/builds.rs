//! What is built of hostile specifications, and run: whatever they say, nothing is started
//! but the compiler, the linker and the server itself, nothing is written outside of the data
//! directory, and nobody is talked to (oracles O2 and O15).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::oracle::{self, Rules, Seen};
use super::specs::hostile;
use crate::support::served::specification;
use crate::support::{Home, toolmill};

/// Code, names and macros; with `TOOLMILL_HOSTILE_CRATES=all` every hostile specification.
const SAMPLE: [&str; 5] = ["a01-", "a05-", "a14-", "a32-", "b04-"];

/// What `rustc` is and starts.
const TOOLS: [&str; 10] = [
    "rustc", "cargo", "cc", "gcc", "clang", "collect2", "ld", "ld.lld", "lld", "rust-lld",
];

#[test]
fn a_build_starts_the_toolchain_only_and_writes_its_target_only() {
    if !oracle::is_there() {
        return;
    }
    let all = std::env::var("TOOLMILL_HOSTILE_CRATES").is_ok_and(|value| value == "all");
    let mut specifications = hostile();
    specifications.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        all || SAMPLE.iter().any(|one| name.starts_with(one))
    });
    specifications.push(specification("hostile"));
    // What all servers share is compiled once, unwatched.
    let shared = Home::new();
    let shared = shared.run(&["run", &specification("paths").to_string_lossy(), "--stdio"]);
    assert_eq!(shared.code, Some(0), "{}", shared.stderr);
    let faults: Vec<_> = specifications
        .iter()
        .flat_map(|spec| faults_of(spec))
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    let canaries = std::fs::read_dir("/tmp").expect("a folder").flatten();
    let canary = canaries
        .map(|entry| entry.file_name().into_string().unwrap_or_default())
        .find(|name| name.starts_with("pwned"));
    assert_eq!(canary, None, "a payload ran");
}

/// What `run` did wrong with one specification, from its bytes to a server that ends with
/// its input.
fn faults_of(spec: &Path) -> Vec<String> {
    let home = Home::new();
    let from = spec.to_string_lossy();
    let toolmill = env!("CARGO_BIN_EXE_toolmill");
    let args = [toolmill, "run", &from, "--name", "hostile", "--stdio"];
    let seen = watch(&home, &args, spec);
    let mut faults = seen.violations;
    let stderr = String::from_utf8_lossy(&seen.output.stderr);
    let built = home.data().join("artifacts").exists();
    match seen.output.status.code() {
        Some(0) if built => {}
        Some(3) if !built => {}
        code => faults.push(format!("it ended with {code:?}: {stderr}")),
    }
    let faults = faults.into_iter();
    faults.map(|fault| format!("{from}: {fault}")).collect()
}

fn watch(home: &Home, program: &[&str], spec: &Path) -> Seen {
    let (data, cache) = (home.data(), toolmill::cache());
    let temporary = home.path().join("tmp");
    for folder in [&data, &temporary] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    let (cargo, rustup) = (tool_folder("CARGO_HOME"), tool_folder("RUSTUP_HOME"));
    let sysroot = sysroot();
    let mut reads: Vec<&Path> = vec![spec, &cache, &cargo, &rustup, &sysroot];
    // Where linkers and libraries are.
    let system = [
        "/usr",
        "/opt",
        "/bin",
        "/sbin",
        "/dev/urandom",
        "/etc/alternatives",
    ];
    reads.extend(system.map(Path::new));
    let artifacts = data.join("artifacts");
    let starts = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.starts_with(&artifacts) && name == "server"
            || TOOLS.contains(&&*name) && reads.iter().any(|known| path.starts_with(known))
    };
    let environment: [(&str, OsString); 6] = [
        ("HOME", home.path().into()),
        ("TMPDIR", temporary.clone().into()),
        ("CARGO_HOME", cargo.clone().into()),
        ("RUSTUP_HOME", rustup.clone().into()),
        ("TOOLMILL_DATA_DIR", data.clone().into()),
        ("TOOLMILL_CACHE_DIR", cache.clone().into()),
    ];
    let rules = Rules {
        limits: "ulimit -c 0",
        folder: &data,
        reads: &reads,
        writes: &[&data, &temporary],
        starts: &starts,
        environment: &environment,
    };
    oracle::watch_by(program, &rules)
}

/// The folder that a variable names, or the usual one.
fn tool_folder(variable: &str) -> PathBuf {
    let usual = match variable {
        "CARGO_HOME" => ".cargo",
        _ => ".rustup",
    };
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    std::env::var_os(variable).map_or(home.join(usual), PathBuf::from)
}

fn sysroot() -> PathBuf {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output();
    let output = output.expect("rustc runs").stdout;
    PathBuf::from(String::from_utf8(output).expect("a path").trim())
}

/// What the oracle exists for, it sees: a linker and a build script that do more.
#[test]
fn the_oracle_sees_what_a_build_must_not_do() {
    if !oracle::is_there() {
        return;
    }
    let home = Home::new();
    let outside = home.path().join("outside");
    for (script, sign) in [
        (format!("echo x > {}", outside.display()), "outside"),
        ("read x < /etc/passwd".to_owned(), "/etc/passwd"),
        ("/usr/bin/true".to_owned(), "execve(\"/usr/bin/true\""),
        ("exec 3<>/dev/tcp/127.0.0.1/9".to_owned(), "socket("),
    ] {
        let seen = watch(&home, &["bash", "-c", &script], Path::new("/none"));
        let violations = seen.violations.join("\n");
        assert!(violations.contains(sign), "`{sign}` in: {violations}");
    }
    let compiles = watch(&home, &["bash", "-c", "exec rustc -vV"], Path::new("/none"));
    let rustc = compiles
        .violations
        .iter()
        .find(|line| line.starts_with("execve("));
    assert_eq!(rustc, None, "control: the compiler may be started");
}
