//! What is read of this machine, and how much.

use super::Specs;

#[test]
fn files_outside_of_the_folder_need_a_word() {
    let specs = Specs::new();
    specs.write("secret.yaml", "{ type: string }\n");
    let link = specs.path("api/link.yaml");
    std::os::unix::fs::symlink(specs.path("secret.yaml"), link).expect("linked");
    let absolute = format!("file://{}", specs.path("secret.yaml").display());
    for reference in [
        "../secret.yaml",
        "link.yaml",
        &absolute,
        "../api/../secret.yaml",
    ] {
        let spec = format!(
            "openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths: {{}}\ncomponents: {{ schemas: {{ A: {{ properties: {{ a: {{ $ref: '{reference}' }} }} }} }} }}\n"
        );
        specs.write("api/openapi.yaml", &spec);
        let output = specs.bundle(&[]);
        assert_eq!(output.code, Some(3), "{reference}: {}", output.stdout);
        assert!(
            output.stderr.contains("is outside of the folder") && output.stderr.contains("--root"),
            "{reference}: {}",
            output.stderr
        );
        assert!(output.stdout.is_empty());
        let root = specs.home.path().to_string_lossy().into_owned();
        let bundled = specs.bundled(&["--root", &root]);
        assert!(
            bundled["components"]["schemas"]
                .as_object()
                .expect("schemas")
                .len()
                == 2,
            "control: it is taken with `--root`"
        );
    }
}

#[test]
fn what_is_no_file_is_not_read() {
    let specs = Specs::new();
    let pipe = specs.path("api/pipe.yaml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    std::fs::create_dir(specs.path("api/folder.yaml")).expect("made");
    for (name, said) in [
        ("pipe.yaml", "is no file"),
        ("folder.yaml", "is no file"),
        ("missing.yaml", "cannot be read"),
        ("schemas/Dog.yaml#/nothing", "There is nothing at"),
    ] {
        specs.write(
            "api/openapi.yaml",
            &format!("openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths:\n  /a: {{ $ref: '{name}' }}\n"),
        );
        let output = specs.bundle(&[]);
        assert_eq!(output.code, Some(3), "{name}: {}", output.stdout);
        assert!(output.stderr.contains(said), "{name}: {}", output.stderr);
        assert!(
            output.stderr.contains("openapi.yaml:4:"),
            "where it is said: {}",
            output.stderr
        );
    }
}

#[test]
fn circles_and_multiplications_come_to_an_end() {
    let specs = Specs::new();
    // Each is written out twice in the one before.
    let levels = 40;
    for level in 0..levels {
        let next = level + 1;
        specs.write(
            &format!("api/level{level}.yaml"),
            &format!("a: {{ $ref: level{next}.yaml }}\nb: {{ $ref: level{next}.yaml }}\n"),
        );
    }
    specs.write(&format!("api/level{levels}.yaml"), "{}\n");
    specs.write("api/circle.yaml", "a: { $ref: circle.yaml }\n");
    for (file, said) in [
        ("circle.yaml", "reference-endless"),
        ("level0.yaml", "limit"),
    ] {
        specs.write(
            "api/openapi.yaml",
            &format!("openapi: 3.0.3\ninfo: {{ $ref: {file} }}\npaths: {{}}\n"),
        );
        let output = specs.bundle(&[]);
        assert_eq!(output.code, Some(3), "{file}");
        assert!(
            output.stderr.contains(said),
            "{file}: {}",
            &output.stderr[..2000.min(output.stderr.len())]
        );
    }
}

/// Few references to something large are much as well.
#[test]
fn what_is_written_out_counts_by_its_size() {
    let specs = Specs::new();
    specs.write(
        "api/large.yaml",
        &format!("text: '{}'\n", "x".repeat(1 << 16)),
    );
    for (copies, code) in [(10, 0), (400, 3)] {
        let members: Vec<_> = (0..copies)
            .map(|copy| format!("x-{copy}: {{ $ref: large.yaml }}"))
            .collect();
        specs.write(
            "api/openapi.yaml",
            &format!(
                "openapi: 3.0.3\ninfo: {{ title: T, version: '1', more: {{ {} }} }}\npaths: {{}}\n",
                members.join(", ")
            ),
        );
        let output = specs.bundle(&[]);
        assert_eq!(output.code, Some(code), "{copies}");
        assert_eq!(output.stdout.len() > copies << 16, code == 0, "{copies}");
        assert_eq!(output.stderr.contains("would be too large"), code == 3);
    }
}

#[test]
fn files_are_counted_one_by_one() {
    let specs = Specs::new();
    specs.write("api/broken.yaml", "a: [\n");
    for (before, said) in [(3, "broken.yaml"), (1_000, "more than 1000 files")] {
        let mut root = "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths: {}\ncomponents:\n  schemas:\n".to_owned();
        for file in 0..before {
            specs.write(&format!("api/file{file}.yaml"), "{}\n");
            root += &format!("    A{file}: {{ $ref: file{file}.yaml }}\n");
        }
        root += "    Broken: { $ref: broken.yaml }\n";
        specs.write("api/openapi.yaml", &root);
        let output = specs.bundle(&[]);
        assert_ne!(output.code, Some(0));
        assert!(output.stderr.contains(said), "{said}: {}", output.stderr);
    }
}
