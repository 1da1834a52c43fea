//! `toolmill generate`: a crate that is somebody's own.

use std::process::Command;

use crate::support::{Home, PETSTORE};

#[test]
fn the_crate_is_complete_and_the_same_every_time() {
    let home = Home::new();
    let folders = ["one", "two"].map(|name| home.path().join(name));
    for folder in &folders {
        let output = home.run(&["generate", PETSTORE, "-o", &folder.to_string_lossy()]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
    }
    for file in [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        ".gitignore",
        ".dockerignore",
        "Dockerfile",
        "openapi.yaml",
        "tools.json",
        "toolmill.lock",
        "src/main.rs",
        "src/server.rs",
        "src/security.rs",
        "src/tools/pet.rs",
        "src/extra.rs",
        "tests/wire.rs",
        "runtime/Cargo.toml",
        "runtime/src/lib.rs",
    ] {
        let [one, two] = folders
            .each_ref()
            .map(|folder| std::fs::read(folder.join(file)));
        let one = one.unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(Some(one), two.ok(), "{file}");
    }
}

#[test]
fn hand_edits_are_kept() {
    let home = Home::new();
    let folder = home.path().join("crate");
    let generate = || home.run(&["generate", PETSTORE, "-o", &folder.to_string_lossy()]);
    assert_eq!(generate().code, Some(0));
    let extra = folder.join("src/extra.rs");
    let readme = folder.join("README.md");
    for edited in [&extra, &readme] {
        let text = std::fs::read_to_string(edited).expect("readable");
        std::fs::write(edited, format!("{text}\n// mine\n")).expect("written");
    }
    let again = generate();
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    for edited in [&extra, &readme] {
        let text = std::fs::read_to_string(edited).expect("readable");
        assert!(text.ends_with("// mine\n"), "{}", edited.display());
    }
    assert!(
        again.stderr.contains("README.md"),
        "the edited file is reported: {}",
        again.stderr
    );
}

#[test]
fn input_schemas_can_be_for_strict_providers() {
    let home = Home::new();
    let folder = home.path().join("crate");
    let output = home.run(&[
        "generate",
        PETSTORE,
        "-o",
        &folder.to_string_lossy(),
        "--schema-profile",
        "strict",
    ]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let text = std::fs::read(folder.join("tools.json")).expect("readable");
    let manifest: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    for tool in manifest["tools"].as_array().expect("a list") {
        let schema = &tool["inputSchema"];
        let names = schema["properties"].as_object().expect("an object").keys();
        let required = schema["required"].as_array().expect("a list");
        assert!(
            names
                .into_iter()
                .all(|name| required.contains(&name.as_str().into()))
        );
        assert!(tool["strict"]["schema"].is_object());
    }
}

/// What `cargo` makes of the crate: its own tests send real requests.
#[test]
fn the_crate_passes_its_own_tests() {
    let home = Home::new();
    let folder = home.path().join("crate");
    let output = home.run(&["generate", PETSTORE, "-o", &folder.to_string_lossy()]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let target = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let output = Command::new(env!("CARGO"))
        .args(["test", "--locked"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{text}");
    assert!(
        text.contains("test every_call_is_the_documented_request ... ok"),
        "{text}"
    );
    let wire = std::fs::read_to_string(folder.join("tests/wire.rs")).expect("readable");
    assert_eq!(
        wire.matches("    Case {").count(),
        12,
        "a case for each tool"
    );
}
