//! `toolmill generate` into a folder that has a crate already.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Home, Output};

/// Two tags make two files of tools.
const BEFORE: &str = "openapi: 3.0.3
info: { title: Notes, version: '1' }
servers: [{ url: 'https://notes.example' }]
paths:
  /notes:
    get: { operationId: listNotes, tags: [notes], responses: {} }
  /users:
    get: { operationId: listUsers, tags: [users], responses: {} }
";

struct Project {
    home: Home,
    spec: PathBuf,
    folder: PathBuf,
}

impl Project {
    /// With the crate of `BEFORE` in it.
    fn new() -> Self {
        let home = Home::new();
        let project = Self {
            spec: home.path().join("notes.yaml"),
            folder: home.path().join("crate"),
            home,
        };
        project.specify(BEFORE);
        let output = project.generate(&[]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        project
    }

    fn specify(&self, text: &str) {
        std::fs::write(&self.spec, text).expect("written");
    }

    fn generate(&self, more: &[&str]) -> Output {
        let [spec, folder] = [&self.spec, &self.folder].map(|path| path.to_string_lossy());
        self.home
            .run(&[&["generate", &spec, "-o", &folder], more].concat())
    }

    fn append(&self, path: &str, text: &str) {
        let file = self.folder.join(path);
        let before = std::fs::read_to_string(&file).expect("readable");
        std::fs::write(file, before + text).expect("written");
    }

    fn check(&self) -> (Option<i32>, Value) {
        let output = self.generate(&["--check", "--json"]);
        let report = serde_json::from_str(&output.stdout);
        (
            output.code,
            report.unwrap_or_else(|error| panic!("{error}: {}", output.stderr)),
        )
    }

    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        read(&self.folder, &mut files);
        files
    }
}

fn read(folder: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(&path, into);
        } else {
            let content = std::fs::read(&path).expect("readable");
            into.insert(path, content);
        }
    }
}

#[test]
fn check_says_what_is_stale_and_writes_nothing() {
    let project = Project::new();
    let (code, report) = project.check();
    assert_eq!((code, &report["stale"]), (Some(0), &json!(false)));

    project.specify(
        &BEFORE
            .replace("/users", "/people")
            .replace("[users]", "[people]"),
    );
    std::fs::remove_file(project.folder.join("Dockerfile")).expect("removed");
    let before = project.files();
    let (code, report) = project.check();
    assert_eq!(
        (code, &report["stale"]),
        (Some(1), &json!(true)),
        "{report}"
    );
    assert_eq!(
        report["missing"],
        json!(["Dockerfile", "src/tools/people.rs"]),
        "{report}"
    );
    assert_eq!(report["obsolete"], json!(["src/tools/users.rs"]));
    let changed = report["changed"].as_array().expect("a list");
    assert!(changed.contains(&json!("tools.json")), "{report}");
    assert!(!changed.contains(&json!("src/tools/notes.rs")), "{report}");

    let output = project.generate(&["--check"]);
    assert_eq!(output.code, Some(1));
    assert!(
        output
            .stdout
            .contains("src/tools/users.rs  is no longer generated"),
        "{}",
        output.stdout
    );
    let refresh = output
        .stderr
        .split_once("Refresh it with: toolmill ")
        .unwrap_or_else(|| panic!("no command in {}", output.stderr))
        .1;
    assert_eq!(project.files(), before, "a check writes nothing");

    let words: Vec<_> = refresh.split_whitespace().collect();
    assert_eq!(project.home.run(&words).code, Some(0), "{refresh}");
    assert_eq!(project.check().0, Some(0), "the printed command refreshes");
}

#[test]
fn edits_are_no_staleness_by_themselves() {
    let project = Project::new();
    project.append("README.md", "mine\n");
    project.append("src/extra.rs", "// mine\n");
    let (code, report) = project.check();
    assert_eq!((code, &report["stale"]), (Some(0), &json!(false)));
    assert_eq!(report["edited"], json!(["README.md"]), "{report}");

    // Where the generated text changes as well, the lock file does.
    project.specify(&BEFORE.replace("title: Notes,", "title: Notes, description: More.,"));
    let (code, report) = project.check();
    assert_eq!(code, Some(1), "{report}");
    assert_eq!(report["edited"], json!(["README.md"]), "{report}");
    assert_eq!(project.generate(&[]).code, Some(0));
    assert_eq!(project.check().0, Some(0));
    for edited in ["README.md", "src/extra.rs"] {
        let text = std::fs::read_to_string(project.folder.join(edited)).expect("readable");
        assert!(text.ends_with("mine\n"), "{edited}");
    }
}

#[test]
fn files_that_are_no_longer_generated_go_unless_they_were_edited() {
    for edited in [false, true] {
        let project = Project::new();
        let gone = project.folder.join("src/tools/users.rs");
        if edited {
            project.append("src/tools/users.rs", "// mine\n");
        }
        std::fs::write(project.folder.join("src/own.rs"), "// mine\n").expect("written");
        project.specify(&BEFORE.replace("[users]", "[people]"));
        let output = project.generate(&["--json"]);
        let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
        let path = json!(["src/tools/users.rs"]);
        let (removed, kept) = match edited {
            false => (path, json!([])),
            true => (json!([]), path),
        };
        assert_eq!(report["removed"], removed, "{report}");
        assert_eq!(report["abandoned"], kept, "{report}");
        assert_eq!(gone.exists(), edited);
        assert!(project.folder.join("src/own.rs").exists(), "not generated");
        assert!(project.folder.join("src/tools/people.rs").exists());
        assert_eq!(project.check().0, Some(0));
    }
}

#[test]
fn a_lock_file_cannot_name_files_elsewhere() {
    let project = Project::new();
    let outside = project.home.path().join("outside");
    // Its SHA-256 is that of no byte at all.
    std::fs::write(&outside, "").expect("written");
    std::fs::write(project.folder.join("inside"), "").expect("written");
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let absolute = outside.display();
    project.append(
        "toolmill.lock",
        &format!(
            "\"../outside\" = \"{empty}\"\n\"{absolute}\" = \"{empty}\"\n\"inside\" = \"{empty}\"\n"
        ),
    );
    assert_eq!(project.generate(&[]).code, Some(0));
    assert!(outside.exists());
    assert!(
        !project.folder.join("inside").exists(),
        "control: the entry is read"
    );
}

/// Whoever clones a repository has its links, too.
#[test]
fn a_planted_link_in_the_staging_folder_leads_nowhere() {
    let project = Project::new();
    let outside = project.home.path().join("outside");
    std::fs::write(&outside, "mine\n").expect("written");
    let stage = project.folder.join(".toolmill-new");
    std::fs::create_dir(&stage).expect("made");
    std::os::unix::fs::symlink(&outside, stage.join(".writing")).expect("linked");
    project.specify(&BEFORE.replace("[users]", "[people]"));
    let output = project.generate(&[]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert_eq!(std::fs::read(&outside).expect("readable"), b"mine\n");
    let written = project.folder.join("src/tools/people.rs");
    let found = std::fs::symlink_metadata(written).expect("control: it is written");
    assert!(found.is_file());
    assert!(!stage.exists());
}

#[test]
fn a_planted_staging_folder_makes_no_folder_a_generated_one() {
    let project = Project::new();
    let theirs = project.home.path().join("theirs");
    std::fs::create_dir_all(theirs.join(".toolmill-new")).expect("made");
    let generate = || {
        let [spec, folder] = [&project.spec, &theirs].map(|path| path.to_string_lossy());
        project.home.run(&["generate", &spec, "-o", &folder])
    };
    std::fs::write(theirs.join("thesis.txt"), "mine").expect("written");
    let output = generate();
    assert_ne!(output.code, Some(0));
    assert!(
        output.stderr.contains("was not generated by Toolmill"),
        "{}",
        output.stderr
    );
    assert!(!theirs.join("Cargo.toml").exists());

    std::fs::remove_file(theirs.join("thesis.txt")).expect("removed");
    let output = generate();
    assert_eq!(
        output.code,
        Some(0),
        "control: a first run that was killed is made good: {}",
        output.stderr
    );
    assert!(theirs.join("toolmill.lock").exists());
}

/// The worst moment: some files are in place, and the lock file is not.
#[test]
fn files_of_a_killed_run_are_known_as_generated() {
    let project = Project::new();
    let before = project.files();
    let old_lock = std::fs::read(project.folder.join("toolmill.lock")).expect("readable");
    project.specify(&BEFORE.replace("[users]", "[people]"));
    assert_eq!(project.generate(&[]).code, Some(0));
    let stage = project.folder.join(".toolmill-new");
    std::fs::create_dir(&stage).expect("made");
    let lock = project.folder.join("toolmill.lock");
    std::fs::rename(&lock, stage.join("toolmill.lock")).expect("renamed");
    std::fs::write(&lock, old_lock).expect("written");

    project.specify(BEFORE);
    let (code, report) = project.check();
    assert_eq!((code, &report["interrupted"]), (Some(1), &json!(true)));
    assert_eq!(report["edited"], json!([]), "{report}");
    assert_eq!(project.generate(&[]).code, Some(0));
    assert_eq!(project.files(), before);
}

/// Killed at any moment (these are a sample), it leaves whole files, and the next run ends as if
/// nothing had been, whatever it generates.
#[test]
fn a_killed_run_is_made_good_by_the_next() {
    let after = BEFORE
        .replace("[users]", "[people]")
        .replace("Notes", "New notes");
    let (mut kills, mut finished) = (0, false);
    for microseconds in (0..).map(|step| step * 1500) {
        let project = Project::new();
        let whole = project.files();
        project.specify(&after);
        let mut child = project
            .home
            .command()
            .args(["generate", "--name", "notes", "-o"])
            .args([&project.folder, &project.spec])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        std::thread::sleep(std::time::Duration::from_micros(microseconds));
        finished = matches!(child.try_wait(), Ok(Some(_)));
        let _ = child.kill();
        child.wait().expect("it ends");
        kills += usize::from(!finished);
        let left = project.files();
        for (path, content) in &left {
            let lost = content.is_empty() && whole.get(path).is_some_and(|old| !old.is_empty());
            assert!(!lost, "{} is cut", path.display());
        }
        // Back to the specification before, as if the new one had been a mistake.
        project.specify(BEFORE);
        let output = project.generate(&["--json"]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
        assert_eq!(report["edited"], json!([]), "after {microseconds} µs");
        assert_eq!(project.files(), whole, "after {microseconds} µs");
        if finished {
            break;
        }
    }
    assert!(finished && kills > 0, "control: some runs were killed");
}
