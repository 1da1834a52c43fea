//! `toolmill up` on the example, with each engine and each kind of client.

use serde_json::json;

use crate::calls;
use crate::support::clients::{Client, Era};
use crate::support::{Home, Instance, PETSTORE, needs, python};

#[tokio::test]
async fn the_process_engine_serves_every_client() {
    serves_every_client("process").await;
}

#[tokio::test]
async fn the_docker_engine_serves_every_client() {
    if needs::docker() {
        serves_every_client("docker").await;
    }
}

async fn serves_every_client(engine: &str) {
    let home = Home::new();
    let instance = Instance::up(&home, &[PETSTORE, "--engine", engine]);
    assert_eq!(instance.ready["engine"], engine);
    assert_eq!(instance.ready["api"], "petstore");
    for step in [
        "register", "parse", "lower", "render", "build", "deploy", "mount", "call",
    ] {
        assert!(
            instance.ready["seconds"][step].is_number(),
            "{step}: {}",
            instance.ready
        );
    }
    for era in [Era::Modern, Era::Legacy] {
        let client = Client::connect(instance.mcp_url(), instance.token(), era).await;
        let names = client.tool_names().await;
        assert_eq!(names.len(), instance.ready["tools"], "{era:?}: {names:?}");
        assert!(
            names.iter().all(|name| name.starts_with("petstore__")),
            "{names:?}"
        );
        calls::all_kinds(&client).await;
    }
    for version in ["1.30.0", "2.3.0"] {
        python_client(version, &instance);
    }
    assert_eq!(instance.stop(), Some(0), "Ctrl-C ends it cleanly");
}

fn python_client(version: &str, instance: &Instance) {
    let Some(interpreter) = python::interpreter(version) else {
        return;
    };
    let calls = json!([
        ["petstore__getPetById", { "petId": 2 }],
        ["petstore__listPets", { "status": ["available", "sold"], "limit": 3, "X-Request-Id": "py" }],
        ["petstore__addPet", { "name": "Pico", "species": "bird", "priceCents": 100 }],
        ["petstore__getPetById", { "petId": 0 }],
    ])
    .to_string();
    let script = if version.starts_with('1') {
        "mcp1.py"
    } else {
        "mcp2.py"
    };
    let args = [instance.mcp_url(), instance.token(), &calls];
    let said = python::client(&interpreter, script, &args);
    let expected = if version.starts_with('1') {
        "2025-11-25"
    } else {
        "2026-07-28"
    };
    assert_eq!(said["protocol"], expected);
    assert!(
        said["tools"]
            .as_array()
            .is_some_and(|tools| tools.len() > 5),
        "{said}"
    );
    let results = &said["results"];
    assert_eq!(results[0]["value"]["id"], 2, "{said}");
    assert_eq!(results[1]["value"]["requestId"], "py", "{said}");
    assert_eq!(
        results[1]["value"]["items"].as_array().map(Vec::len),
        Some(3),
        "{said}"
    );
    assert_eq!(results[2]["value"]["name"], "Pico", "{said}");
    assert_eq!(results[3]["error"], true, "a petId of 0 is refused: {said}");
}

#[tokio::test]
async fn a_second_up_is_warm_and_another_spec_joins() {
    let home = Home::new();
    let first = Instance::up(&home, &[PETSTORE, "--engine", "process"]);
    let port = first.mcp_url().to_owned();
    let again = home.json(&["up", PETSTORE]);
    assert_eq!(again["mcp_url"], port);
    assert_eq!(
        again["version"], first.ready["version"],
        "nothing new was registered"
    );
    let other = home.path().join("other.yaml");
    std::fs::write(&other, calls::NOTES_SPEC).expect("written");
    let other = other.to_string_lossy();
    let joined = home.json(&[
        "up",
        &other,
        "--name",
        "notes",
        "--base-url",
        "http://127.0.0.1:9",
    ]);
    assert_eq!(joined["mcp_url"], port);
    assert_eq!(joined["api"], "notes");
    let client = Client::connect(first.mcp_url(), first.token(), Era::Modern).await;
    let names = client.tool_names().await;
    assert!(
        names.iter().any(|name| name == "notes__listNotes"),
        "{names:?}"
    );
    assert!(
        names.iter().any(|name| name == "petstore__getPetById"),
        "{names:?}"
    );

    let refused = home.run(&["up", PETSTORE, "--port", "1"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains(&first.pid().to_string()),
        "{}",
        refused.stderr
    );
}

#[tokio::test]
async fn a_restart_finds_everything_as_it_was() {
    let home = Home::new();
    let first = Instance::up(&home, &[PETSTORE, "--engine", "process"]);
    let client = Client::connect(first.mcp_url(), first.token(), Era::Modern).await;
    client
        .value("petstore__deletePet", json!({ "petId": 1 }))
        .await;
    let token = first.token().to_owned();
    assert_eq!(first.stop(), Some(0));
    let spec = home.path().join("other.yaml");
    std::fs::write(&spec, calls::NOTES_SPEC).expect("written");
    let second = Instance::up(&home, &[&spec.to_string_lossy(), "--engine", "process"]);
    assert_eq!(second.token(), token);
    let client = Client::connect(second.mcp_url(), second.token(), Era::Legacy).await;
    let error = client
        .error("petstore__getPetById", json!({ "petId": 1 }))
        .await;
    assert!(error.contains("404"), "the pet stays deleted: {error}");
    client
        .value("petstore__getPetById", json!({ "petId": 2 }))
        .await;
}

#[test]
fn detached_it_stays_until_down() {
    let home = Home::new();
    let up = home.json(&[
        "up", PETSTORE, "--engine", "process", "--port", "0", "--detach",
    ]);
    let status = home.json(&["status"]);
    assert_eq!(status["ready"], true);
    assert_eq!(status["mcp_url"], up["mcp_url"]);
    assert_eq!(home.json(&["down"])["stopped"], true);
    assert_eq!(home.run(&["status"]).code, Some(1));
    assert_eq!(home.json(&["down"])["stopped"], false);
}
