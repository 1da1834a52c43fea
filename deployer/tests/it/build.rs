//! Generated crates become static binaries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use toolmill_core::{BuildJob, Builder, Progress, Quiet};
use toolmill_deployer::{BuildLimits, CrateBuilder, Toolchain};

/// Shared by test runs: compiling the runtime takes minutes.
pub fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("toolmill-test-cache")
}

pub fn job(main: &str) -> BuildJob {
    let files = BTreeMap::from([
        ("src/main.rs".to_owned(), main.as_bytes().to_vec()),
        ("Cargo.toml".to_owned(), b"[package]\n".to_vec()),
    ]);
    BuildJob {
        package: "probe-mcp".to_owned(),
        files,
    }
}

#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Progress for Told {
    fn report(&self, message: &str) {
        self.0.lock().unwrap().push(message.to_owned());
    }
}

const HELLO: &str = r#"
use toolmill_runtime as _;
fn main() { println!("hello from {}", module_path!()); }
"#;

/// Whether an ELF file of 64 bits has a program header of type `PT_INTERP`.
fn needs_a_loader(elf: &[u8]) -> bool {
    let word = |at: usize| usize::from(u16::from_le_bytes([elf[at], elf[at + 1]]));
    let (table, size, count) = (word(0x20), word(0x36), word(0x38));
    (0..count).any(|index| elf[table + index * size] == 3)
}

#[tokio::test]
async fn a_crate_becomes_a_static_binary_once() {
    let data = tempfile::tempdir().unwrap();
    let builder = CrateBuilder::new(&cache(), data.path());
    let artifact = builder.build(job(HELLO), &Quiet).await.unwrap();

    assert!(needs_a_loader(&std::fs::read("/bin/cat").unwrap()));
    let output = Command::new(&artifact.binary).output().unwrap();
    assert_eq!(output.stdout, b"hello from probe_mcp\n");
    let content = std::fs::read(&artifact.binary).unwrap();
    assert_eq!(content.len() as u64, artifact.size);
    assert!(!needs_a_loader(&content), "the binary is not static");

    // Another builder, as after a restart, finds it and compiles nothing.
    let told = Told::default();
    let again = CrateBuilder::new(&cache(), data.path());
    assert_eq!(again.build(job(HELLO), &told).await.unwrap(), artifact);
    assert_eq!(*told.0.lock().unwrap(), Vec::<String>::new());

    // Elsewhere, the same sources make the same bytes.
    let elsewhere = tempfile::tempdir().unwrap();
    let other = CrateBuilder::new(&cache(), elsewhere.path());
    let twin = other.build(job(HELLO), &told).await.unwrap();
    assert_eq!((twin.key, twin.sha256), (artifact.key, artifact.sha256));
    assert_eq!(*told.0.lock().unwrap(), ["compiling the server"]);
}

#[tokio::test]
async fn a_fault_in_a_crate_is_told_with_its_place() {
    let data = tempfile::tempdir().unwrap();
    let builder = CrateBuilder::new(&cache(), data.path());
    let error = builder
        .build(job("fn main() { nonsense }"), &Quiet)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("The crate `probe-mcp` did not compile"),
        "{error}"
    );
    assert!(error.contains("src/main.rs:1:13"), "{error}");
    let left: Vec<_> = data.path().join("artifacts").read_dir().unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Each limit takes a build that is usual without it, and ends it by its name.
#[tokio::test]
async fn an_operator_sets_what_a_build_may_use() {
    let data = tempfile::tempdir().unwrap();
    let usual = CrateBuilder::new(&cache(), data.path());
    usual.build(job(HELLO), &Quiet).await.unwrap();
    let fault = async |limits: BuildLimits, main: &str| {
        let data = tempfile::tempdir().unwrap();
        let builder = CrateBuilder::new(&cache(), data.path()).within(limits);
        let error = builder.build(job(main), &Quiet).await.unwrap_err();
        error.to_string()
    };
    let default = BuildLimits::default();

    let endless = "#![allow(long_running_const_eval)] const X: () = loop {}; fn main() { X }";
    let time = Duration::from_secs(2);
    let late = fault(BuildLimits { time, ..default }, endless).await;
    let said = "The crate `probe-mcp` was not finished after 2 s and was stopped.";
    assert_eq!(late, said);

    let memory = 64 << 20;
    let small = fault(BuildLimits { memory, ..default }, HELLO).await;
    assert!(small.contains("did not compile"), "{small}");
    let full = fault(
        BuildLimits {
            disk: 1024,
            ..default
        },
        HELLO,
    )
    .await;
    assert!(full.contains("did not compile"), "{full}");
    if !rustix::process::geteuid().is_root() {
        let processes = 1;
        let few = fault(
            BuildLimits {
                processes,
                ..default
            },
            HELLO,
        )
        .await;
        assert!(few.contains("did not compile"), "{few}");
    }

    let faults = "compile_error!(\"a fault\");\n".repeat(200);
    let whole = fault(default, &faults).await;
    assert!(!whole.contains("bytes left out"), "{whole}");
    let cut = fault(
        BuildLimits {
            log: 100,
            ..default
        },
        &faults,
    )
    .await;
    assert!(cut.contains("bytes left out"), "{cut}");
    assert!(cut.len() < 400, "{cut}");
}

#[tokio::test]
async fn the_compiler_reads_no_file_of_the_host() {
    let data = tempfile::tempdir().unwrap();
    let secret = data.path().join("secret");
    std::fs::write(&secret, "secret").unwrap();
    let builder = CrateBuilder::new(&cache(), data.path());
    let including = |path: &str| {
        let mut job = job(&format!("fn main() {{ print!(include_str!({path:?})) }}"));
        job.files.insert("tools.json".to_owned(), b"own".to_vec());
        job
    };
    for path in [
        secret.to_str().unwrap(),
        "/etc/passwd",
        "/proc/self/environ",
    ] {
        let error = builder.build(including(path), &Quiet).await.unwrap_err();
        assert!(error.to_string().contains("Permission denied"), "{error}");
    }
    let artifact = builder.build(including("../tools.json"), &Quiet).await;
    let output = Command::new(artifact.unwrap().binary).output().unwrap();
    assert_eq!(output.stdout, b"own");
}

#[tokio::test]
async fn paths_cannot_leave_the_crate() {
    let data = tempfile::tempdir().unwrap();
    let builder = CrateBuilder::new(&cache(), data.path());
    for path in ["../outside", "/tmp/outside", "src/../../outside", ""] {
        let mut job = job(HELLO);
        job.files.insert(path.to_owned(), b"x".to_vec());
        let error = builder.build(job, &Quiet).await.unwrap_err().to_string();
        assert!(error.contains("is not a path within"), "{error}");
    }
}

#[tokio::test]
async fn the_toolchain_is_found_with_a_linker() {
    let toolchain = Toolchain::find().await.unwrap();
    assert!(toolchain.verbose.contains(&toolchain.release));
    let linker = toolchain.linker().await.unwrap();
    assert!(linker.confined, "{}", linker.description);
}

#[tokio::test]
async fn what_a_killed_build_left_is_swept() {
    let data = tempfile::tempdir().unwrap();
    let left = data.path().join("artifacts/.build-1234");
    std::fs::create_dir_all(left.join("source")).unwrap();
    CrateBuilder::new(&cache(), data.path()).sweep();
    assert!(!left.exists());
}

/// Not a test of its own: looks for the toolchain in its environment.
#[tokio::test]
#[ignore = "run by the test below"]
async fn find_and_tell() {
    let found = async { Toolchain::find().await?.linker().await };
    match found.await {
        Ok(linker) => println!("told: {}", linker.description),
        Err(error) => println!("told: {error} {}", error.hint()),
    }
}

#[test]
fn a_missing_toolchain_or_linker_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = || {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "build::find_and_tell",
                "--ignored",
                "--nocapture",
            ])
            .env("PATH", folder.path())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let said = told();
    assert!(
        said.contains("`rustc` was not found on the search path."),
        "{said}"
    );
    assert!(said.contains("https://rustup.rs"), "{said}");

    for program in ["rustc", "cargo"] {
        let path = std::env::var_os("PATH").unwrap();
        let mut places = std::env::split_paths(&path).map(|place| place.join(program));
        let real = places.find(|place| place.is_file()).unwrap();
        std::os::unix::fs::symlink(real, folder.path().join(program)).unwrap();
    }
    let said = told();
    assert!(
        said.contains("No static program can be linked here"),
        "{said}"
    );
    assert!(said.contains("apt install gcc libc6-dev"), "{said}");

    std::os::unix::fs::symlink("/usr/bin/gcc", folder.path().join("gcc")).unwrap();
    let said = told();
    assert!(said.contains("told: gcc"), "{said}");
}
