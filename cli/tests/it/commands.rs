//! The everyday commands, against one running instance.

use serde_json::{Value, json};

use crate::support::{Home, Instance, PETSTORE};

#[test]
fn everyday_commands_do_what_they_say() {
    let home = Home::new();
    let instance = Instance::up(&home, &[PETSTORE, "--engine", "process"]);

    let list = home.json(&["list"]);
    assert_eq!(
        (&list[0]["slug"], &list[0]["mounted"]),
        (&json!("petstore"), &json!(true))
    );
    let show = home.json(&["show", "petstore"]);
    assert_eq!(show["api"]["version"], 1);
    assert!(
        show["credentials"]
            .as_array()
            .is_some_and(|all| all.iter().all(|one| one["set"] == true))
    );
    let tools = home.json(&["tools", "petstore"]);
    let names: Vec<_> = tools
        .as_array()
        .expect("tools")
        .iter()
        .map(|tool| &tool["name"])
        .collect();
    assert!(names.contains(&&json!("petstore__getPetById")), "{tools}");
    assert_eq!(
        home.json(&["status"])["apis"][0]["servers"][0]["state"],
        "running"
    );
    assert_eq!(home.json(&["token"])["token"], instance.token());

    for name in ["petstore.getPetById", "petstore__getPetById"] {
        let answer = home.json(&["call", name, r#"{"petId": 1}"#]);
        assert_eq!(answer["structuredContent"]["id"], 1, "{answer}");
    }
    let logs = home.run(&["logs", "petstore"]);
    assert_eq!(logs.code, Some(0), "{}", logs.stderr);
    home.json(&["restart", "petstore"]);
    home.json(&["call", "petstore.getPetById", r#"{"petId": 1}"#]);

    let guest = home.path().join("guest");
    std::fs::write(&guest, "guest-key\n").expect("written");
    home.json(&[
        "credential",
        "set",
        "petstore",
        "api_key",
        &format!("@{}", guest.display()),
    ]);
    let who = home.json(&["call", "petstore.whoAmI"]);
    assert_eq!(
        who["structuredContent"]["owner"], "guest",
        "a new credential works on the next call"
    );

    one_tool(&home);
    what_is_not_there(&home);

    home.json(&["remove", "petstore"]);
    assert_eq!(home.json(&["list"]), json!([]));
    assert_eq!(home.json(&["status"])["apis"], json!([]));
    assert_eq!(home.json(&["down"])["stopped"], true);
}

/// With all that a caller has to know.
fn one_tool(home: &Home) {
    let tool = home.json(&["tools", "petstore.getPetById"]);
    assert_eq!(tool["inputSchema"]["required"], json!(["petId"]), "{tool}");
    let output = home.run(&["tools", "petstore.getPetById"]);
    assert!(
        output.stdout.contains("petId     integer  yes"),
        "{}",
        output.stdout
    );
}

/// Each failure says what there is, and has a code.
fn what_is_not_there(home: &Home) {
    for (arguments, code, hint) in [
        (
            vec!["call", "petshop.getPetById"],
            "not-found",
            "There is `petstore`.",
        ),
        (
            vec!["call", "petstore.getPet"],
            "not-found",
            "`toolmill tools petstore`",
        ),
        (
            vec!["tools", "petstore.getPet"],
            "not-found",
            "`toolmill tools petstore`",
        ),
        (vec!["tools", "petshop"], "not-found", ""),
        (
            vec!["credential", "remove", "petstore", "api-key"],
            "invalid-request",
            "It declares `api_key`",
        ),
        (
            vec!["call", "petstore.getPetById", "{"],
            "failed",
            "Such as",
        ),
        (
            vec![
                "call",
                "petstore.getPetById",
                r#"{"petId": 1, "a": {"b": 1, "b": 2}}"#,
            ],
            "failed",
            "",
        ),
        (vec!["call"], "usage", ""),
    ] {
        let output = home.run(&[&arguments[..], &["--json"]].concat());
        assert_ne!(output.code, Some(0), "{arguments:?}");
        let problem: Value = serde_json::from_str(&output.stderr)
            .unwrap_or_else(|error| panic!("{arguments:?} ({error}): {}", output.stderr));
        assert_eq!(problem["code"], code, "{arguments:?}: {problem}");
        let said = problem["hint"].as_str().unwrap_or_default();
        assert!(said.contains(hint), "{arguments:?}: {problem}");
    }
    home.json(&["credential", "remove", "petstore", "api_key"]);
}

#[test]
fn doctor_finds_this_machine_usable() {
    let home = Home::new();
    let said = home.json(&["doctor"]);
    let checks = said["checks"].as_array().expect("checks");
    let of = |name: &str| -> &Value {
        checks
            .iter()
            .find(|check| check["name"] == name)
            .unwrap_or_else(|| panic!("{name}: {said}"))
    };
    for name in ["toolchain", "linker", "data directory", "port"] {
        assert_eq!(of(name)["state"], "ok", "{said}");
    }
    assert!(of("docker")["state"].is_string());
}

#[test]
fn text_for_people_and_completions() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let output = home.run(&["completions", shell]);
        assert!(output.stdout.contains("toolmill"), "{shell}");
    }
    let help = home.run(&["--help"]);
    for part in ["up", "Examples:", "Exit codes:"] {
        assert!(help.stdout.contains(part), "{part}");
    }
    assert_eq!(home.run(&["no-such-command"]).code, Some(2));
}
