//! Limits that instances and servers keep: each has the ones it was started with.

use std::process::Command;

use serde_json::{Value, json};

use super::{limits, operations};
use crate::support::clients::{Client, Era};
use crate::support::recorder::Upstream;
use crate::support::served::{Start, calling, post};
use crate::support::{Home, Instance};

const TEXT: &[&str] = &["Content-Type: text/plain"];

#[tokio::test]
async fn a_server_alone_keeps_them() {
    let home = Home::new();
    let spec = home.path().join("api.yaml");
    std::fs::write(&spec, operations(2)).expect("written");
    let file = limits(
        &home,
        "[upstream]\nanswer_bytes = 3_000\nshown_bytes = 2_000\n[tools]\npage_tools = 1\n",
    );
    let api = Start::of(spec).limits(&file).start().await;
    // Its client has read all pages.
    assert_eq!(api.names(), ["op0", "op1"]);
    for (length, cut) in [(2_000, false), (2_001, true), (3_000, true)] {
        api.upstream.answers("200 OK", TEXT, "x".repeat(length));
        let called = api.call("op0", json!({})).await;
        assert_eq!(called.text().len(), length.min(2_000));
        let meta = called.result["_meta"]["toolmill/truncated"].is_object();
        assert_eq!(meta, cut, "{}", called.result);
    }
    api.upstream.answers("200 OK", TEXT, "x".repeat(3_001));
    let called = api.call("op0", json!({})).await;
    called.fails(&["larger than 3000 bytes"]);
}

#[tokio::test]
async fn an_instance_and_its_servers_keep_them() {
    let home = Home::new();
    let upstream = Upstream::start().await;
    let spec = home.path().join("api.yaml");
    std::fs::write(&spec, operations(2)).expect("written");
    std::fs::create_dir_all(home.data()).expect("made");
    std::fs::write(
        home.data().join("limits.toml"),
        "[request]\nbytes = 2_000\n[upstream]\nanswer_bytes = 3_000\nshown_bytes = 2_000\n[tools]\npage_tools = 1\n",
    )
    .expect("written");
    let instance = Instance::up(
        &home,
        &[
            &spec.to_string_lossy(),
            "--base-url",
            &upstream.origin,
            "--engine",
            "process",
        ],
    );
    let (url, token) = (instance.mcp_url(), instance.token());
    let client = Client::connect(url, token, Era::Modern).await;
    assert_eq!(client.tool_names().await, ["many__op0", "many__op1"]);

    let headers = [("mcp-method", "tools/call"), ("mcp-name", "many__op0")];
    let message = calling("many__op0", &json!({}));
    for (length, status) in [(2_000, 200), (2_001, 413)] {
        let padding = " ".repeat(length - message.len());
        let (found, said) = post(url, token, &headers, format!("{message}{padding}")).await;
        assert_eq!(found, status, "{length}: {said}");
    }
    // The hub's own limit on answers, and the server's on what it shows of them.
    for (length, shown) in [(2_000, 2_000), (2_001, 2_000), (3_000, 2_000)] {
        upstream.answers("200 OK", TEXT, "x".repeat(length));
        let result = client.call("many__op0", json!({})).await;
        let result = serde_json::to_value(result).expect("JSON");
        let text = result["content"][0]["text"].as_str().expect("text");
        assert_eq!(text.len(), shown, "{length}");
    }
    upstream.answers("200 OK", TEXT, "x".repeat(3_001));
    let said = client.error("many__op0", json!({})).await;
    assert!(said.contains("larger than 3000 bytes"), "{said}");

    assert_eq!(helped(&home), defaults(&home));
}

/// The limits that a built server's `--help` names.
fn helped(home: &Home) -> Vec<String> {
    let mut artifacts = std::fs::read_dir(home.data().join("artifacts")).expect("a folder");
    let artifact = artifacts.next().expect("one").expect("an entry");
    let server = artifact.path().join("server");
    let output = Command::new(server)
        .arg("--help")
        .output()
        .expect("it runs");
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, listed) = help.split_once("\nLimits:\n").expect("limits");
    let mut listed: Vec<_> = listed.lines().map(|line| line.trim().to_owned()).collect();
    listed.sort();
    listed
}

/// Those that servers have, as this program knows them.
fn defaults(home: &Home) -> Vec<String> {
    let listed = home.json(&["limits"]);
    let listed = listed.as_array().expect("a list");
    let name = |limit: &Value| limit["name"].as_str().unwrap_or_default().to_owned();
    let kept = |name: &str| {
        name.starts_with("upstream.")
            || name.starts_with("tools.")
            || ["request.bytes", "server.memory_bytes"].contains(&name)
    };
    let listed = listed.iter().filter(|limit| kept(&name(limit)));
    let mut defaults: Vec<_> = listed
        .map(|limit| format!("{}={}", name(limit), limit["default"]))
        .collect();
    defaults.sort();
    defaults
}
