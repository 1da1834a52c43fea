//! Hostile specifications sent to an instance that serves others (oracle O20).

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use serde_json::json;

use super::specs::hostile;
use crate::support::clients::{self, Client, Era};
use crate::support::{Home, Instance, PETSTORE};

/// Those that cannot be read at all, or only at great cost.
const COSTLY: [&str; 6] = ["c12-", "c13-", "c14-", "c15-", "c16-", "c17-"];
const AT_ONCE: usize = 50;

#[tokio::test]
async fn an_instance_serves_on_while_it_refuses() {
    let mut specs: Vec<_> = hostile();
    specs.retain(|path| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        COSTLY.iter().any(|costly| name.starts_with(costly))
    });
    let mut bodies: Vec<_> = specs
        .iter()
        .map(|path| std::fs::read(path).expect("readable"))
        .collect();
    // One of the own, for machines without the others.
    bodies.push(format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes());
    let home = Home::new();
    let instance = Instance::up(&home, &[PETSTORE, "--engine", "process"]);
    let client = Client::connect(instance.mcp_url(), instance.token(), Era::Modern).await;
    client.value("petstore__whoAmI", json!({})).await;
    let before = resident(instance.pid());

    let url = format!(
        "{}/api/v1/apis?name=costly",
        instance.mcp_url().trim_end_matches("/mcp")
    );
    let (http, done) = (clients::http(), AtomicBool::new(false));
    let send = |body: &Vec<u8>| {
        let request = http
            .post(&url)
            .bearer_auth(instance.token())
            .body(body.clone());
        async { request.send().await.expect("an answer").status().as_u16() }
    };
    let hostile = async {
        let mut refused = 0;
        for body in &bodies {
            // What can be read after all is an API like any other.
            if send(body).await == 202 {
                continue;
            }
            refused += 1;
            let statuses = join_all((0..AT_ONCE).map(|_| send(body))).await;
            assert!(
                statuses
                    .iter()
                    .all(|status| matches!(status, 413 | 422 | 429 | 503)),
                "{statuses:?}"
            );
        }
        done.store(true, Ordering::Relaxed);
        assert!(refused * 2 > bodies.len(), "control: {refused} are refused");
    };
    let healthy = async {
        let mut calls = 0;
        while !done.load(Ordering::Relaxed) {
            client.value("petstore__whoAmI", json!({})).await;
            calls += 1;
        }
        calls
    };
    let ((), calls) = tokio::join!(hostile, healthy);
    assert!(calls > 0, "control: others were served meanwhile");
    client.value("petstore__whoAmI", json!({})).await;
    let grown = resident(instance.pid()).saturating_sub(before);
    assert!(grown < 64 << 10, "{grown} KiB more stay in memory");
}

/// A process's memory, in KiB.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number
        .and_then(|number| number.parse().ok())
        .expect("a number")
}
