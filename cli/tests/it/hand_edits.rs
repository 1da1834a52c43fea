//! What an owner adds to a generated crate: the example of `docs/generated-crate.md`, compiled
//! and called.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::support::clients::{Client, Era};
use crate::support::recorder::Upstream;
use crate::support::{Home, PETSTORE};

const GUIDE: &str = include_str!("../../../docs/generated-crate.md");

#[tokio::test]
async fn documented_hooks_and_tools_work() {
    let home = Home::new();
    let folder = home.path().join("crate");
    let arguments = ["generate", PETSTORE, "--name", "hooked", "-o"];
    let output = home.run(&[&arguments[..], &[&folder.to_string_lossy()]].concat());
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let example = GUIDE.split("```rust\n").nth(1).expect("an example");
    let example = example.split("```").next().expect("its end");
    std::fs::write(folder.join("src/extra.rs"), example).expect("written");

    let upstream = Upstream::start().await;
    let (_server, url) = start(&compiled(&folder), &upstream.origin);
    let client = Client::connect(&url, "unused", Era::Modern).await;

    let json = ["Content-Type: application/json"];
    upstream.answers("200 OK", &json, r#"{"id":1,"name":"Rex"}"#);
    let shown = client.call("getPetById", json!({ "petId": 1 })).await;
    let requests = upstream.take();
    assert_eq!(requests[0].asked(), "GET /pets/1");
    assert_eq!(requests[0].header("x-client"), Some("assistant"));
    let text = serde_json::to_string(&shown.content).expect("it is JSON");
    assert!(text.contains("REX"), "{text}");

    assert!(
        client
            .tool_names()
            .await
            .contains(&"countLetters".to_owned())
    );
    let counted = client.value("countLetters", json!({ "name": "Rex" })).await;
    assert_eq!(counted, json!({ "letters": 3 }));
    let refused = client.error("countLetters", json!({})).await;
    assert!(refused.contains("name"), "{refused}");
}

fn compiled(folder: &Path) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--locked"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    target.join("debug/hooked-mcp")
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(binary: &Path, base_url: &str) -> (Server, String) {
    let mut child = Command::new(binary)
        .args(["--port", "0", "--base-url", base_url])
        .env("CREDENTIAL_API_KEY", "key")
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut url = String::new();
    BufReader::new(child.stdout.take().expect("a pipe"))
        .read_line(&mut url)
        .expect("a line");
    (Server(child), url.trim().to_owned())
}
