//! What goes wrong on real machines: each a clear message with what to do, and
//! an exit code that says so.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::calls::NOTES_SPEC;
use crate::support::toolmill::finish;
use crate::support::{Home, Instance, Output, PETSTORE, needs};

fn up(home: &Home, args: &[&str]) -> Output {
    home.run(&[&["up", "--engine", "process", "--port", "0"], args].concat())
}

/// It failed with this code, and said all of `parts`.
fn assert_says(output: &Output, code: i32, parts: &[&str]) {
    assert_eq!(output.code, Some(code), "{}", output.stderr);
    assert!(
        output.stderr.contains("hint:"),
        "what to do next: {}",
        output.stderr
    );
    for part in parts {
        assert!(
            output.stderr.contains(part),
            "`{part}` in: {}",
            output.stderr
        );
    }
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
}

#[test]
fn a_broken_specification_is_shown_where_it_breaks() {
    let home = Home::new();
    let spec = home.path().join("broken.yaml");
    std::fs::write(
        &spec,
        "openapi: 3.0.3\ninfo:\n  title: [unclosed\npaths: {}\n",
    )
    .expect("written");
    let output = up(&home, &[&spec.to_string_lossy()]);
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    let shown = &output.stderr;
    assert!(shown.contains("broken.yaml:4:"), "the place: {shown}");
    assert!(shown.contains("paths: {}"), "the line: {shown}");

    std::fs::write(&spec, r#"{"openapi": "3.0.3", "openapi": "3.0.3"}"#).expect("written");
    let output = up(&home, &[&spec.to_string_lossy()]);
    assert_eq!(output.code, Some(3), "{}", output.stderr);
    assert!(output.stderr.contains("duplicate-key"), "{}", output.stderr);
    assert!(
        !home.json(&["down"])["stopped"].as_bool().unwrap_or(true),
        "nothing was left running"
    );
}

#[test]
fn a_specification_that_is_not_there() {
    let home = Home::new();
    assert_says(
        &up(&home, &["no/such/file.yaml"]),
        1,
        &["no/such/file.yaml"],
    );
}

#[test]
fn an_unknown_scheme_is_refused_before_the_build() {
    let home = Home::new();
    let file = home.path().join("value");
    std::fs::write(&file, "value").expect("written");
    let credential = format!("nope=@{}", file.display());
    let output = up(&home, &[PETSTORE, "--credential", &credential]);
    assert_says(&output, 1, &["nope", "api_key", "store_token"]);
    assert!(!output.stderr.contains("✓ build"), "{}", output.stderr);
}

#[test]
fn a_credential_on_the_command_line_draws_a_warning() {
    let home = Home::new();
    let output = up(
        &home,
        &["no/such/file.yaml", "--credential", "api_key=visible"],
    );
    assert!(output.stderr.contains("process list"), "{}", output.stderr);
    assert!(!output.stderr.contains("visible"), "{}", output.stderr);
}

#[test]
fn a_taken_port_is_named() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("bound");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output = home.run(&["up", PETSTORE, "--engine", "process", "--port", &port]);
    assert_says(&output, 4, &[&port, "--port"]);
}

#[test]
fn no_docker_is_said_where_docker_was_asked_for() {
    let home = Home::new();
    let mut command = home.command();
    command.env("DOCKER_HOST", "unix:///no/such/docker.sock");
    let output = finish(command.args(["up", PETSTORE, "--engine", "docker", "--port", "0"]));
    assert_says(&output, 4, &["Docker", "--engine process"]);
}

#[test]
fn no_linker_is_noticed_before_the_build() {
    let home = Home::new();
    let programs = home.path().join("bin");
    std::fs::create_dir(&programs).expect("made");
    let cargo = Path::new(env!("CARGO"));
    for name in ["cargo", "rustc"] {
        std::os::unix::fs::symlink(cargo.with_file_name(name), programs.join(name))
            .expect("linked");
    }
    let mut command = home.command();
    command.env("PATH", &programs);
    let output = finish(command.args(["up", PETSTORE, "--engine", "process", "--port", "0"]));
    assert_says(&output, 4, &["linker"]);
}

#[test]
fn an_upstream_that_is_down_is_named_in_the_answer() {
    let home = Home::new();
    let free = TcpListener::bind("127.0.0.1:0")
        .expect("bound")
        .local_addr()
        .expect("an address");
    let spec = home.path().join("notes.yaml");
    std::fs::write(&spec, NOTES_SPEC).expect("written");
    let base_url = format!("http://{free}");
    let _instance = Instance::up(
        &home,
        &[
            &spec.to_string_lossy(),
            "--name",
            "notes",
            "--engine",
            "process",
            "--base-url",
            &base_url,
        ],
    );
    let output = home.run(&["call", "notes.listNotes"]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    assert!(
        output.stdout.contains(&free.to_string()),
        "the address is named: {}",
        output.stdout
    );
}

#[test]
fn an_unknown_tool_and_wrong_arguments() {
    let home = Home::new();
    let _instance = Instance::up(&home, &[PETSTORE, "--engine", "process"]);
    assert_says(&home.run(&["call", "petstore"]), 1, &["petstore"]);
    assert_eq!(home.run(&["call", "petstore.noSuchTool"]).code, Some(1));
    assert_says(
        &home.run(&["call", "petstore.getPetById", "{petId: 1}"]),
        1,
        &["JSON"],
    );
    assert_eq!(home.run(&["show", "nothing"]).code, Some(1));
}

#[test]
fn commands_without_an_instance_say_how_to_start_one() {
    let home = Home::new();
    for command in [
        &["list"][..],
        &["tools"],
        &["call", "a.b"],
        &["logs", "a"],
        &["status"],
    ] {
        assert_says(&home.run(command), 1, &["toolmill up"]);
    }
}

#[test]
fn a_full_disk_is_reported_and_loses_nothing() {
    let home = Home::new();
    std::fs::create_dir(home.data()).expect("made");
    let Some(_mounted) = SmallDisk::mount(home.data()) else {
        return;
    };
    let filler = home.data().join("filler");
    std::fs::write(&filler, vec![0; 3 << 20]).expect("written");
    let output = up(&home, &[PETSTORE]);
    assert!(
        matches!(output.code, Some(1 | 4)),
        "{:?} {}",
        output.code,
        output.stderr
    );
    assert!(
        output.stderr.contains("hint:") && output.stderr.contains("space"),
        "{}",
        output.stderr
    );
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);

    // Room again, and everything works.
    std::fs::remove_file(filler).expect("removed");
    let grow = Command::new("mount")
        .args(["-o", "remount,size=512m"])
        .arg(home.data())
        .status()
        .expect("mount runs");
    assert!(grow.success());
    let instance = Instance::up(&home, &[PETSTORE, "--engine", "process"]);
    assert_eq!(instance.ready["tools"], json!(12));
}

/// A file system of 4 MiB in memory; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m,mode=700", "toolmill-test"])
            .arg(&at)
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            needs::missing(
                "TOOLMILL_REQUIRE_DOCKER",
                "a small file system cannot be mounted (this needs root)",
            );
            return None;
        }
        Some(Self(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
