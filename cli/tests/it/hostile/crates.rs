//! The crates of hostile specifications are crates like any other: they compile
//! without a warning, and pass the tests they come with (oracle O3).

use std::path::Path;
use std::process::Command;

use super::specs::specifications;
use crate::support::Home;

/// Of the hostile ones, those that are compiled in any case: code, names and sizes.
const SAMPLE: [&str; 8] = [
    "a01-", "a05-", "a12-", "a16-", "a36-", "b03-", "c05-", "c26-",
];

/// With `TOOLMILL_HOSTILE_CRATES=all` every specification is compiled, in minutes.
#[test]
fn crates_of_hostile_specifications_compile_and_pass_their_tests() {
    let all = std::env::var("TOOLMILL_HOSTILE_CRATES").is_ok_and(|value| value == "all");
    let mut specifications = specifications();
    specifications.retain(|path| {
        all || !is_hostile(path) || SAMPLE.iter().any(|one| name(path).starts_with(one))
    });
    // In one place one after another, so that the runtime is compiled once.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-crate");
    // An earlier run's, if there was one.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let faults: Vec<_> = specifications
        .iter()
        .filter_map(|spec| fault_of(spec, &folder))
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn is_hostile(path: &Path) -> bool {
    path.parent()
        .is_some_and(|folder| folder.ends_with("hostile"))
}

fn fault_of(spec: &Path, folder: &Path) -> Option<String> {
    let made = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let made = made.path().join("crate");
    let (from, to) = (spec.to_string_lossy(), made.to_string_lossy());
    let output = Home::new().run(&["generate", &from, "-o", &to, "--name", "hostile"]);
    match output.code {
        Some(0) => replace(folder, &made).expect("moved"),
        Some(3) => return None,
        code => return Some(format!("{from}: {code:?} {}", output.stderr)),
    }
    let output = Command::new(env!("CARGO"))
        .args(["test", "--locked"])
        .current_dir(folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated"),
        )
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let tested = text.contains("test every_call_is_the_documented_request ... ok");
    let passed = output.status.success() && tested && !text.contains("Doc-tests");
    (!passed).then(|| format!("{from}: {text}"))
}

/// Puts a crate in the place of another. The runtime is the same in both, and stays.
fn replace(old: &Path, new: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(old)? {
        let path = entry?.path();
        match path.is_dir() {
            _ if path.ends_with("runtime") => {}
            true => std::fs::remove_dir_all(&path)?,
            false => std::fs::remove_file(&path)?,
        }
    }
    for entry in std::fs::read_dir(new)? {
        let entry = entry?;
        let place = old.join(entry.file_name());
        if !place.exists() {
            std::fs::rename(entry.path(), place)?;
        }
    }
    Ok(())
}
