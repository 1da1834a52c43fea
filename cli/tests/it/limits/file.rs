//! The file of limits: how it is named, what it says, and what is wrong with it.

use serde_json::Value;

use super::{limited, limits, operations};
use crate::support::{Home, Instance, finish};

const ONE: &str = "[specification]\noperations = 1\n";
const TWO: &str = "[specification]\noperations = 2\n";

#[test]
fn it_is_named_by_option_or_environment() {
    let home = Home::new();
    let spec = home.path().join("api.yaml");
    std::fs::write(&spec, operations(2)).expect("written");
    let spec = spec.to_string_lossy();
    let folder = home.path().join("made");
    let folder = folder.to_string_lossy();
    for args in [
        &["check", &spec][..],
        &["generate", &spec, "-o", &folder],
        &["diff", &spec, &spec],
    ] {
        let refused = limited(&home, ONE, args);
        assert_eq!(refused.code, Some(3), "{args:?}: {}", refused.stderr);
        assert!(refused.stderr.contains("limit"), "{}", refused.stderr);
        let taken = limited(&home, TWO, args);
        assert_eq!(taken.code, Some(0), "{args:?}: {}", taken.stderr);
    }
    let one = limits(&home, ONE);
    let named = |file: &str| home.run(&["check", &spec, "--limits", file]).code;
    assert_eq!(named(&one.to_string_lossy()), Some(3));
    // The option counts, not the environment; and without either all is taken.
    let mut both = home.command();
    both.env("TOOLMILL_LIMITS", &one)
        .args(["--limits", "/dev/null", "check", &spec]);
    assert_eq!(finish(&mut both).code, Some(0));
    assert_eq!(home.run(&["check", &spec]).code, Some(0));
}

#[test]
fn an_instance_reads_the_one_in_its_data_directory() {
    let home = Home::new();
    let spec = home.path().join("api.yaml");
    std::fs::write(&spec, operations(2)).expect("written");
    let up = [
        &*spec.to_string_lossy(),
        "--engine",
        "process",
        "--base-url",
        "http://127.0.0.1:9",
    ];
    std::fs::create_dir_all(home.data()).expect("made");
    let file = home.data().join("limits.toml");
    std::fs::write(&file, ONE).expect("written");
    let said = Instance::try_up(&home, &up, |_| {}).err().expect("refused");
    assert!(said.contains("more than 1 operation"), "{said}");
    // An instance on its own keeps them, too, whatever the command that sends it takes.
    std::fs::write(&file, "[specification]\nbytes = 20\n").expect("written");
    let said = Instance::try_up(&home, &up, |_| {}).err().expect("refused");
    assert!(said.contains("larger than 20 bytes"), "{said}");
    std::fs::write(&file, TWO).expect("written");
    let ready = Instance::up(&home, &up);
    assert_eq!(ready.ready["tools"], 2, "{}", ready.ready);
}

#[test]
fn what_is_wrong_has_its_place() {
    let home = Home::new();
    for (text, said) in [
        (
            "[specification]\n  operation = 1\n",
            "line 2, column 3: `[specification]` has no limit `operation`; it has `bytes`, ",
        ),
        (
            "[specifications]\nbytes = 1\n",
            "line 1, column 2: There is no table `specifications`; there are `specification`",
        ),
        (
            "bytes = 1\n",
            "line 1, column 1: There is no table `bytes`;",
        ),
        (
            "specification = 1\n",
            "line 1, column 17: `specification` is a table of limits, and no integer.",
        ),
        (
            "[specification]\nbytes = 0\n",
            "line 2, column 9: `specification.bytes` is a whole number from 1 to 1073741824.",
        ),
        (
            "[specification]\nbytes = -1\n",
            "line 2, column 9: `specification.bytes` is a whole number",
        ),
        (
            "[specification]\nbytes = 1.5\n",
            "line 2, column 9: `specification.bytes` is a whole number",
        ),
        (
            "[specification]\nbytes = \"1\"\n",
            "line 2, column 9: `specification.bytes` is a whole number",
        ),
        (
            "[specification]\nnesting = 257\n",
            "line 2, column 11: `specification.nesting` is a whole number from 1 to 256.",
        ),
        (
            "[specification]\nbytes = 99999999999999999999\n",
            "line 2, column 9: `specification.bytes` is a whole number",
        ),
        (
            "[specification]\nbytes = 1\nbytes = 2\n",
            "line 3, column 1: ",
        ),
        ("[specification\n", "line 1, column 15: "),
        (
            "[upstream]\ntotal_seconds = 61\n",
            "`upstream.total_seconds` is 61, but a call has only 60 s in all",
        ),
    ] {
        let output = limited(&home, text, &["limits"]);
        assert_eq!(output.code, Some(1), "{text}");
        assert!(output.stderr.contains(said), "{text}: {}", output.stderr);
        assert!(
            output.stderr.contains("toolmill limits --toml"),
            "{}",
            output.stderr
        );
    }
    let output = limited(
        &home,
        "[specification]\nfoo = 1\nbar = 2\n",
        &["limits", "--json"],
    );
    let problem: Value = serde_json::from_str(&output.stderr).expect("JSON");
    assert_eq!(problem["code"], "unusable-limits");
    let detail = problem["detail"].as_str().expect("text");
    assert!(
        detail.contains("`foo`") && detail.contains("`bar`"),
        "{detail}"
    );
    let missing = home.run(&["limits", "--limits", "/no/such/file"]);
    assert_eq!(missing.code, Some(1));
    assert!(
        missing.stderr.contains("`/no/such/file`"),
        "{}",
        missing.stderr
    );
}

#[test]
fn all_limits_are_listed_and_written_down() {
    let home = Home::new();
    let listed = home.json(&["limits"]);
    let listed = listed.as_array().expect("a list");
    let table = home.run(&["limits"]).stdout;
    let documented = include_str!("../../../../docs/limits.md");
    for limit in listed {
        let name = limit["name"].as_str().expect("a name");
        assert_eq!(limit["value"], limit["default"], "{name}");
        assert!(
            limit["default"].as_u64() <= limit["most"].as_u64(),
            "{name}"
        );
        assert!(table.contains(name), "{name} in {table}");
        let row = format!("| `{name}` | {} |", grouped(&limit["default"]));
        assert!(
            documented.contains(&row),
            "docs/limits.md has no row `{row}`"
        );
    }
    let rows = documented.lines().filter(|line| line.starts_with("| `"));
    assert_eq!(
        rows.count(),
        listed.len(),
        "docs/limits.md has rows of limits that are none"
    );
}

#[test]
fn what_is_written_down_can_be_read() {
    let home = Home::new();
    let text = home.run(&["limits", "--toml"]).stdout;
    assert!(text.contains("# operations = 2_000\n"), "{text}");
    let uncommented = text
        .replace("# ", "")
        .replace("operations = 2_000", "operations = 1_234");
    let output = limited(&home, &uncommented, &["limits", "--json"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let listed: Vec<Value> = serde_json::from_str(&output.stdout).expect("JSON");
    for limit in &listed {
        let expected = match limit["name"].as_str() {
            Some("specification.operations") => 1_234.into(),
            _ => limit["default"].clone(),
        };
        assert_eq!(limit["value"], expected, "{limit}");
    }
    let again = limited(&home, &uncommented, &["limits", "--toml"]).stdout;
    assert!(again.contains("\noperations = 1_234\n"), "{again}");
    assert_eq!(
        again.replace("operations = 1_234", "# operations = 2_000"),
        text
    );
}

/// `16_777_216`
fn grouped(value: &Value) -> String {
    let digits = value.to_string();
    let parts: Vec<_> = digits.as_bytes().rchunks(3).rev().collect();
    String::from_utf8_lossy(&parts.join(&b'_')).into_owned()
}
