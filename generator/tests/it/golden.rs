//! Whole outputs, kept as files: `golden/CASE/` holds a specification and
//! `expected/`, all that is generated from it but its copy.
//!
//! `UPDATE_GOLDEN=1 cargo test -p toolmill-generator --test it golden` writes them anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toolmill_generator::{FileSet, Options, generate};

type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn outputs_are_as_expected() {
    for case in cases() {
        let generated = output(&case);
        let folder = case.join("expected");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            write(&folder, &generated);
        }
        let expected = read(&folder);
        assert_eq!(paths(&generated), paths(&expected), "{}", case.display());
        for (path, bytes) in &generated {
            let (new, old) = (
                String::from_utf8_lossy(bytes),
                String::from_utf8_lossy(&expected[path]),
            );
            assert_eq!(new, old, "{path} of {}", case.display());
        }
    }
}

#[test]
fn twice_the_same_bytes() {
    for case in cases() {
        assert_eq!(generated(&case).files, generated(&case).files);
    }
}

#[test]
fn sources_are_rust() {
    for case in cases() {
        for (path, bytes) in generated(&case).files {
            if path.ends_with(".rs") {
                let text = String::from_utf8(bytes).expect("a text file");
                syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            }
        }
    }
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.sort();
    cases
}

fn generated(case: &Path) -> FileSet {
    let found = ["openapi.yaml", "openapi.json"]
        .iter()
        .find_map(|name| fs::read(case.join(name)).ok());
    let mut options = Options::new(
        case.file_name()
            .and_then(|name| name.to_str())
            .expect("a name")
            .parse()
            .expect("a slug"),
    );
    options.generator_version = "golden".to_owned();
    generate(&found.expect("a specification"), &options).expect("the specification is usable")
}

/// The files but the specification's copy, and the findings.
fn output(case: &Path) -> Files {
    let FileSet {
        mut files,
        diagnostics,
        ..
    } = generated(case);
    files.retain(|path, _| !path.starts_with("openapi."));
    files.insert(
        "findings.txt".to_owned(),
        format!("{diagnostics}\n").into_bytes(),
    );
    files
}

fn paths(files: &Files) -> Vec<&String> {
    files.keys().collect()
}

fn read(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .expect("it is inside")
                    .to_string_lossy()
                    .replace('\\', "/");
                files.insert(name, fs::read(&path).expect("it can be read"));
            }
        }
    }
    files
}

fn write(folder: &Path, files: &Files) {
    let _ = fs::remove_dir_all(folder);
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }
}
