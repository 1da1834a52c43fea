//! What an owner adds to a generated crate: the example of `docs/generated-crate.md`, compiled
//! and called.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use serde_json::json;

use crate::support::clients::{Client, Era};
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

    let (base_url, heads) = recorder();
    let (_server, url) = start(&compiled(&folder), &base_url);
    let client = Client::connect(&url, "unused", Era::Modern).await;

    let shown = client.call("getPetById", json!({ "petId": 1 })).await;
    let head = heads.recv().expect("a request arrives").to_lowercase();
    assert!(head.starts_with("get /pets/1 "), "{head}");
    assert!(head.contains("\r\nx-client: assistant\r\n"), "{head}");
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

/// An upstream that answers every request alike, and the heads of the requests.
fn recorder() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (send, heads) = mpsc::channel();
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let mut reader = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|n| n > 0) {}
            let body = r#"{"id":1,"name":"Rex"}"#;
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = reader.get_mut().write_all(answer.as_bytes());
            if send.send(head).is_err() {
                return;
            }
        }
    });
    (url, heads)
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
