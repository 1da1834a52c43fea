//! `kill -9` at any point of `up`, and `up` again: it converges.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::{Home, Instance, PETSTORE, needs};

/// What `up` has said when it is killed: before anything, after each step, and
/// when all was done.
const POINTS: [&str; 10] = [
    "",
    "✓ register",
    "✓ parse",
    "✓ lower",
    "✓ render",
    "✓ build",
    "✓ deploy",
    "✓ mount",
    "✓ call",
    "Ctrl-C",
];

#[test]
fn with_processes_it_converges_from_everywhere() {
    for point in POINTS {
        let home = Home::new();
        kill_at(&home, "process", point);
        assert_eq!(converges(&home, "process", point).stop(), Some(0));
        let data = home.data();
        assert_eq!(
            servers_of(&data),
            Vec::<String>::new(),
            "after {point}: none outlives its instance"
        );
    }
}

#[test]
fn with_docker_it_converges_from_everywhere() {
    if !needs::docker() {
        return;
    }
    for point in POINTS {
        let home = Home::new();
        kill_at(&home, "docker", point);
        let instance = converges(&home, "docker", point);
        let label = instance_label(&home);
        let found = containers(&label);
        assert_eq!(
            found.len(),
            1,
            "after {point}: exactly one container, not {found:?}"
        );
        home.json(&["remove", "petstore"]);
        assert_eq!(containers(&label), Vec::<String>::new(), "after {point}");
        assert_eq!(instance.stop(), Some(0));
    }
}

#[test]
fn what_the_store_does_not_know_is_removed_at_start() {
    if !needs::docker() {
        return;
    }
    let home = Home::new();
    let instance = Instance::up(&home, &[PETSTORE, "--engine", "docker"]);
    let image = docker(&["images", "-q", "--filter", "label=dev.toolmill.instance"]);
    let image = image.lines().next().expect("an image").to_owned();
    let label = instance_label(&home);
    instance.kill();
    let stray = docker(&[
        "create",
        "--label",
        &format!("dev.toolmill.instance={label}"),
        "--label",
        "dev.toolmill.server=0123456789ab",
        "--label",
        "dev.toolmill.stray=1",
        &image,
    ]);
    let foreign = docker(&[
        "create",
        "--label",
        "dev.toolmill.instance=ffffffff",
        &image,
    ]);
    let half_built = home.data().join("artifacts/.build-0123");
    std::fs::create_dir_all(&half_built).expect("made");

    let again = Instance::up(&home, &[PETSTORE, "--engine", "docker"]);
    let left = docker(&["ps", "-aq", "--no-trunc"]);
    assert!(!left.contains(stray.trim()), "the stray container is gone");
    assert!(
        left.contains(foreign.trim()),
        "control: another instance's is not touched"
    );
    docker(&["rm", foreign.trim()]);
    assert!(!half_built.exists(), "so is what a killed build left");
    home.json(&["remove", "petstore"]);
    drop(again);
}

fn kill_at(home: &Home, engine: &str, point: &str) {
    let mut child = home
        .command()
        .args(["up", PETSTORE, "--engine", engine, "--port", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut said = String::new();
    if !point.is_empty() {
        let reached = stderr.lines().map_while(Result::ok).any(|line| {
            said.push_str(&line);
            said.push('\n');
            line.contains(point)
        });
        assert!(reached, "it never said `{point}`: {said}");
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

/// Brings it up again, and uses it.
fn converges(home: &Home, engine: &str, point: &str) -> Instance {
    let instance = Instance::try_up(home, &[PETSTORE, "--engine", engine], |_| {})
        .unwrap_or_else(|log| panic!("killed at `{point}`, `up` fails: {log}"));
    let answer = home.json(&["call", "petstore.getPetById", r#"{"petId": 1}"#]);
    assert_eq!(
        answer["structuredContent"]["id"], 1,
        "killed at `{point}`: {answer}"
    );
    assert_eq!(
        home.json(&["list"]).as_array().map(Vec::len),
        Some(1),
        "killed at `{point}`"
    );
    assert_eq!(
        home.json(&["show", "petstore"])["api"]["version"],
        json!(1),
        "killed at `{point}`"
    );
    instance
}

fn instance_label(home: &Home) -> String {
    home.json(&["status"])["instance"]
        .as_str()
        .expect("an instance id")
        .to_owned()
}

fn containers(instance: &str) -> Vec<String> {
    let filter = format!("label=dev.toolmill.instance={instance}");
    docker(&["ps", "-aq", "--filter", &filter])
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Processes that run a binary below this data directory.
fn servers_of(data: &Path) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("readable").flatten();
    let binary = |process: &Path| std::fs::read_link(process.join("exe")).ok();
    let of_this = |path: &std::path::PathBuf| path.starts_with(data);
    processes
        .filter_map(|process| binary(&process.path()).filter(of_this))
        .map(|path| path.display().to_string())
        .collect()
}

fn docker(args: &[&str]) -> String {
    let output = Command::new("docker")
        .args(args)
        .output()
        .expect("docker runs");
    assert!(
        output.status.success(),
        "docker {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
