//! `toolmill run`: one server alone.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::support::clients::{Client, Era};
use crate::support::{Home, Instance, PETSTORE, python};

struct Alone(Child);

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The example's upstream, as an instance runs it, and credentials for it.
fn upstream(home: &Home) -> (Instance, String, String) {
    let instance = Instance::up(home, &[PETSTORE, "--engine", "process"]);
    let base_url = home.json(&["show", "petstore"])["api"]["base_url"].clone();
    let credentials = home.path().join("credentials.json");
    let values = json!({ "api_key": "guest-key", "store_token": "guest-token" });
    std::fs::write(&credentials, values.to_string()).expect("written");
    let base_url = base_url.as_str().expect("a URL").to_owned();
    (
        instance,
        base_url,
        credentials.to_string_lossy().into_owned(),
    )
}

#[tokio::test]
async fn over_http_its_first_line_is_its_url() {
    let home = Home::new();
    let (_instance, base_url, credentials) = upstream(&home);
    let mut child = home
        .command()
        .args([
            "run",
            PETSTORE,
            "--base-url",
            &base_url,
            "--credentials",
            &credentials,
            "--port",
            "0",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut url = String::new();
    BufReader::new(child.stdout.take().expect("a pipe"))
        .read_line(&mut url)
        .expect("a line");
    let _alone = Alone(child);
    let url = url.trim();
    assert!(
        url.starts_with("http://127.0.0.1:") && url.ends_with("/mcp"),
        "{url}"
    );
    for era in [Era::Modern, Era::Legacy] {
        let client = Client::connect(url, "unused", era).await;
        let pet = client.value("getPetById", json!({ "petId": 3 })).await;
        assert_eq!(pet["owner"], "guest", "{era:?}");
    }
    if let Some(interpreter) = python::interpreter("2.3.0") {
        let calls = json!([["getPetById", { "petId": 1 }]]).to_string();
        let said = python::client(&interpreter, "mcp2.py", &[url, "unused", &calls]);
        assert_eq!(said["results"][0]["value"]["owner"], "guest", "{said}");
    }
}

#[test]
fn over_stdio_stdout_is_the_protocol() {
    let home = Home::new();
    let (_instance, base_url, credentials) = upstream(&home);
    let mut child = home
        .command()
        .args([
            "run",
            PETSTORE,
            "--base-url",
            &base_url,
            "--credentials",
            &credentials,
            "--stdio",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let _alone = Alone(child);
    let mut ask = |message: Value| {
        writeln!(stdin, "{message}").expect("written");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        serde_json::from_str::<Value>(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    };
    let initialize = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": { "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } },
    });
    assert_eq!(ask(initialize)["result"]["protocolVersion"], "2025-06-18");
    let call = json!({
        "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": "whoAmI", "arguments": {} },
    });
    assert_eq!(ask(call)["result"]["structuredContent"]["owner"], "guest");
}
