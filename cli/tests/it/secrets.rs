//! A credential's value is where it belongs, and nowhere else.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::support::clients::{Client, Era};
use crate::support::{Home, Instance, PETSTORE, needs};

/// The upstream refuses it, so it also travels through every error path.
const SENTINEL: &str = "sentinel-5d1c7be0a94f";

#[tokio::test]
async fn r28_the_value_is_nowhere_with_processes() {
    let home = Home::new();
    let instance = with_sentinel(&home, "process").await;
    let servers = children(instance.pid());
    assert!(
        !servers.is_empty(),
        "control: the server is a child of the instance"
    );
    for server in servers {
        for file in ["environ", "cmdline"] {
            let bytes = std::fs::read(format!("/proc/{server}/{file}")).expect("readable");
            assert_absent(&bytes, file);
        }
    }
    assert_clean(&home, &instance);
}

#[tokio::test]
async fn r28_the_value_is_nowhere_with_docker() {
    if !needs::docker() {
        return;
    }
    let home = Home::new();
    let instance = with_sentinel(&home, "docker").await;
    let status = home.json(&["status"]);
    let key = status["apis"][0]["servers"][0]["key"]
        .as_str()
        .expect("a key")
        .to_owned();
    let container = docker(&[
        "ps",
        "-aq",
        "--filter",
        &format!("label=dev.toolmill.server={key}"),
    ]);
    let container = container.trim();
    assert!(!container.is_empty(), "control: the container is found");
    let image = docker(&["inspect", "--format", "{{.Image}}", container]);
    for (what, text) in [
        ("inspect", docker(&["inspect", container])),
        ("logs", docker(&["logs", container])),
        ("history", docker(&["history", "--no-trunc", image.trim()])),
        ("image", docker(&["inspect", image.trim()])),
    ] {
        assert_absent(text.as_bytes(), what);
    }
    let saved = Command::new("docker")
        .args(["save", image.trim()])
        .output()
        .expect("docker runs");
    assert!(
        saved.stdout.len() > 1_000_000,
        "control: the image has its binary"
    );
    assert_absent(&saved.stdout, "the saved image");
    assert_clean(&home, &instance);
}

/// An instance that logs all it can, and has used the sentinel as a credential
/// in a call that succeeds and in one that is refused.
async fn with_sentinel(home: &Home, engine: &str) -> Instance {
    let key = home.path().join("sentinel");
    std::fs::write(&key, SENTINEL).expect("written");
    let log = |command: &mut Command| {
        command.env("TOOLMILL_LOG", "trace");
    };
    let instance = Instance::try_up(home, &[PETSTORE, "--engine", engine], log).expect("up");
    let set = format!("@{}", key.display());
    home.json(&["credential", "set", "petstore", "api_key", &set]);
    let client = Client::connect(instance.mcp_url(), instance.token(), Era::Modern).await;
    let refused = client
        .error("petstore__getPetById", json!({ "petId": 1 }))
        .await;
    assert!(
        refused.contains("401"),
        "control: the upstream was shown the sentinel: {refused}"
    );
    assert_absent(refused.as_bytes(), "the tool's answer");
    std::fs::remove_file(key).expect("removed");
    instance
}

/// Logs, and the raw bytes of all that is kept: database, WAL, crates, binaries.
fn assert_clean(home: &Home, instance: &Instance) {
    let log = instance.log();
    assert!(log.contains("petstore"), "control: much is logged");
    assert_absent(log.as_bytes(), "the log");
    let mut files = 0;
    walk(&home.data(), &mut |path, bytes| {
        files += 1;
        assert_absent(bytes, &path.display().to_string());
    });
    assert!(files > 3, "control: {files} files were read");
    let database = std::fs::read(home.data().join("toolmill.db")).expect("readable");
    let wal = std::fs::read(home.data().join("toolmill.db-wal")).unwrap_or_default();
    let holds = |text: &str| {
        [&database, &wal]
            .iter()
            .any(|bytes| find(bytes, text.as_bytes()))
    };
    assert!(
        holds("store_token"),
        "control: the credential's scheme is stored in clear"
    );
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(folder).expect("readable").flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&path, visit),
            Ok(kind) if kind.is_file() => visit(&path, &std::fs::read(&path).unwrap_or_default()),
            _ => {}
        }
    }
}

fn assert_absent(bytes: &[u8], place: &str) {
    assert!(
        !find(bytes, SENTINEL.as_bytes()),
        "the credential is in {place}"
    );
}

fn find(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn docker(args: &[&str]) -> String {
    let output = Command::new("docker")
        .args(args)
        .output()
        .expect("docker runs");
    assert!(output.status.success(), "docker {args:?}");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// The processes whose parent is `pid`.
fn children(pid: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").expect("readable").flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent = |child: &u32| {
        let status = std::fs::read_to_string(format!("/proc/{child}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        line.trim().parse::<u32>().ok()
    };
    pids.filter(|child| parent(child) == Some(pid)).collect()
}
