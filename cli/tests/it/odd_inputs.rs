//! What is said of files, folders and outputs that are not what a command needs.

use std::fs::OpenOptions;
use std::path::Path;

use serde_json::Value;

use crate::support::{Home, Output, toolmill};

const GOOD: &str = "openapi: 3.0.3
info: { title: Notes, version: '1' }
servers: [{ url: 'https://notes.example' }]
paths: { /notes: { get: { operationId: listNotes, responses: {} } } }
";

struct Folder {
    home: Home,
}

impl Folder {
    fn new() -> Self {
        let home = Home::new();
        for (name, text) in [
            ("good.yaml", GOOD.as_bytes()),
            ("empty.yaml", b""),
            ("binary.yaml", b"\x7fELF\x02\x01\x01\x00\xff\xfe"),
            ("text.yaml", b"hello\n"),
            ("list.json", b"[]"),
        ] {
            std::fs::write(home.path().join(name), text).expect("written");
        }
        std::fs::create_dir(home.path().join("folder")).expect("made");
        Self { home }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.home.path().join(name), text).expect("written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.home.path().join(name)).expect("text")
    }

    fn run(&self, command: &str) -> Output {
        let mut started = self.home.command();
        started.current_dir(self.home.path());
        toolmill::finish(started.args(command.split(' ')))
    }

    /// What is printed goes to a file of the machine.
    fn run_into(&self, command: &str, output: &Path) -> Output {
        let file = OpenOptions::new().write(true).open(output).expect("opened");
        let mut started = self.home.command();
        started.current_dir(self.home.path()).stdout(file);
        started.stderr(std::process::Stdio::piped());
        let child = started.args(command.split(' ')).spawn().expect("it starts");
        let output = child.wait_with_output().expect("it ends");
        Output {
            code: output.status.code(),
            stdout: String::new(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The command, its exit code, and words of what it says.
#[test]
fn what_cannot_be_read_is_named_with_what_to_do() {
    let folder = Folder::new();
    for (command, code, said) in [
        (
            "check missing.yaml",
            1,
            &["`missing.yaml` cannot be read", "hint:"][..],
        ),
        (
            "check folder",
            1,
            &["Is a directory", "Name the file in it"],
        ),
        (
            "check ftp://a.example/x",
            1,
            &["the scheme `ftp`", "http://"],
        ),
        ("check good.yaml/x", 1, &["Not a directory"]),
        (
            "check empty.yaml",
            3,
            &[
                "is empty",
                "what writes it failed",
                "`empty.yaml` cannot be read",
            ],
        ),
        ("check binary.yaml", 3, &["binary.yaml:1:9:", "not UTF-8"]),
        (
            "check text.yaml",
            3,
            &["this is a string", "describes no API"],
        ),
        ("check list.json", 3, &["this is an array"]),
        (
            "check - --overlay -",
            2,
            &["Standard input can be read once only"],
        ),
        ("diff - -", 2, &["Standard input can be read once only"]),
        (
            "diff good.yaml missing.yaml",
            1,
            &["`missing.yaml` cannot be read"],
        ),
        (
            "diff good.yaml empty.yaml",
            3,
            &["`empty.yaml` cannot be read"],
        ),
        (
            "diff folder good.yaml",
            1,
            &["`folder` holds no crate", "Name a specification"],
        ),
        (
            "generate good.yaml -o folder --check",
            1,
            &["`folder` holds no crate"],
        ),
        (
            "generate good.yaml -o folder --diff",
            1,
            &["`folder` holds no crate"],
        ),
        (
            "generate good.yaml -o text.yaml --check",
            1,
            &["`text.yaml` is no folder"],
        ),
        (
            "generate good.yaml -o text.yaml",
            1,
            &["`text.yaml` is no folder"],
        ),
        ("bundle folder", 1, &["Is a directory"]),
        ("bundle text.yaml", 3, &["`text.yaml` is no specification"]),
        ("bundle list.json", 3, &["`list.json` is no specification"]),
        (
            "bundle good.yaml --root missing",
            1,
            &["`missing` is no folder", "--root DIR"],
        ),
        (
            "bundle good.yaml -o folder",
            4,
            &["`folder` cannot be written"],
        ),
        (
            "bundle good.yaml -o missing/x.json",
            4,
            &["`missing/x.json` cannot be written"],
        ),
    ] {
        let output = folder.run(command);
        assert_eq!(output.code, Some(code), "{command}: {}", output.stderr);
        for said in said {
            assert!(output.stderr.contains(said), "{command}: {}", output.stderr);
        }
        // The same as JSON, on the last line and with the same exit code.
        let output = folder.run(&format!("{command} --json"));
        assert_eq!(output.code, Some(code), "{command}");
        let line = output.stderr.lines().last().unwrap_or_default();
        let failure: Value = serde_json::from_str(line).expect("a problem");
        assert!(failure["code"].is_string(), "{command}: {failure}");
        assert_ne!(failure["detail"], "", "{command}: {failure}");
    }
    for command in [
        "check good.yaml",
        "diff good.yaml good.yaml",
        "bundle good.yaml",
    ] {
        let output = folder.run(command);
        assert_eq!(
            output.code,
            Some(0),
            "control: {command}: {}",
            output.stderr
        );
        assert!(output.stderr.is_empty(), "{command}: {}", output.stderr);
    }
    let url = format!("file://{}/good.yaml", folder.home.path().display());
    assert_eq!(folder.run(&format!("check {url}")).code, Some(0));
}

#[test]
fn a_damaged_crate_is_told_from_none() {
    let folder = Folder::new();
    assert_eq!(folder.run("generate good.yaml -o made").code, Some(0));
    let compare = ["diff made good.yaml", "generate good.yaml -o made --diff"];
    for command in compare {
        assert_eq!(folder.run(command).code, Some(0), "control: {command}");
    }
    for damage in [Some("{"), None] {
        match damage {
            Some(text) => folder.write("made/tools.json", text),
            None => {
                std::fs::remove_file(folder.home.path().join("made/tools.json")).expect("removed")
            }
        }
        for command in compare {
            let output = folder.run(command);
            assert_eq!(output.code, Some(1), "{command}");
            assert!(
                output.stderr.contains("`made/tools.json` cannot be read")
                    && output.stderr.contains("generate the crate again"),
                "{command}: {}",
                output.stderr
            );
        }
    }
    folder.write("made/toolmill.lock", b"\xff\xfe");
    let output = folder.run("generate good.yaml -o made --check");
    assert_eq!(output.code, Some(1));
    assert!(
        output.stderr.contains("`made/toolmill.lock` is not what"),
        "{}",
        output.stderr
    );
}

/// A full disk is no success; a reader that has enough is.
#[test]
fn output_that_is_lost_is_a_failure() {
    let folder = Folder::new();
    for command in [
        "check good.yaml",
        "diff good.yaml good.yaml",
        "bundle good.yaml",
    ] {
        let output = folder.run_into(command, Path::new("/dev/full"));
        assert_eq!(output.code, Some(4), "{command}: {}", output.stderr);
        assert!(
            output.stderr.contains("could not be written"),
            "{command}: {}",
            output.stderr
        );
        let output = folder.run_into(command, Path::new("/dev/null"));
        assert_eq!(output.code, Some(0), "control: {}", output.stderr);
    }
}

/// A bundle replaces a file as a whole, and nothing that is no file.
#[test]
fn a_bundle_is_written_to_what_its_name_leads_to() {
    let folder = Folder::new();
    let bundled = folder.run("bundle good.yaml").stdout;
    folder.write("old.json", "old");
    let link = folder.home.path().join("link.json");
    std::os::unix::fs::symlink("old.json", &link).expect("linked");
    assert_eq!(folder.run("bundle good.yaml -o link.json").code, Some(0));
    assert!(link.is_symlink(), "a link stays one");
    assert_eq!(folder.read("old.json"), bundled);

    for output in ["-", "/dev/stdout"] {
        let output = folder.run(&format!("bundle good.yaml -o {output}"));
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        assert_eq!(output.stdout, bundled);
    }
    assert!(!folder.home.path().join("-").exists());

    let output = folder.run("bundle good.yaml -o new.yaml");
    assert!(output.stdout.contains("as JSON"), "{}", output.stdout);
    assert_eq!(folder.read("new.yaml"), bundled);
    // In the place of the file that it is made of.
    assert_eq!(folder.run("bundle good.yaml -o good.yaml").code, Some(0));
    assert_eq!(folder.read("good.yaml"), bundled);
}

#[test]
fn colours_are_for_terminals() {
    let folder = Folder::new();
    for command in ["check empty.yaml", "diff good.yaml missing.yaml"] {
        let output = folder.run(command);
        assert!(!output.stderr.contains('\u{1b}'), "{}", output.stderr);
        let mut started = folder.home.command();
        started.current_dir(folder.home.path());
        started.env("CLICOLOR_FORCE", "1");
        let forced = toolmill::finish(started.args(command.split(' ')));
        assert!(
            forced.stderr.contains('\u{1b}'),
            "control: {}",
            forced.stderr
        );
        started.env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
        let plain = toolmill::finish(&mut started);
        assert!(!plain.stderr.contains('\u{1b}'), "{}", plain.stderr);
    }
}
