//! What a call costs: to the upstream itself, to the server alone, and through
//! the hub.

use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use petstore_upstream::DEMO;
use serde::Serialize;
use serde_json::json;
use url::Url;

use super::children::{Setting, Started, Upstream, start};
use super::load::{self, Measured, Target};
use super::process;
use crate::failure::{Failure, Result};
use crate::ui::{self, Table};

const EXPECTED: &str = r#""owner":"demo""#;

#[derive(Serialize)]
pub struct Row {
    path: &'static str,
    #[serde(flatten)]
    measured: Measured,
    /// CPU microseconds a call took in each process.
    cpu_us: Vec<(&'static str, u64)>,
}

pub async fn measure(
    setting: &Setting,
    upstream: &Upstream,
    instance: &Started,
    calls: u32,
) -> Result<Vec<Row>> {
    let alone = alone(setting, upstream).await?;
    let servers = servers(setting);
    let mut rows = Vec::new();
    let up = ("upstream", vec![upstream.process.pid()]);
    let paths = [
        ("direct", direct(upstream)?, vec![up.clone()]),
        (
            "server alone",
            mcp(&alone.line, None)?,
            vec![("server", vec![alone.pid()]), up.clone()],
        ),
        (
            "through the hub",
            through_hub(instance)?,
            vec![("hub", vec![instance.pid()]), ("server", servers), up],
        ),
    ];
    for (path, target, processes) in paths {
        for connections in [1, 50] {
            rows.push(row(path, &target, connections, calls, &processes).await?);
        }
    }
    Ok(rows)
}

/// Resident memory in KiB, by what it is.
pub fn memory(setting: &Setting, instance: &Started) -> Vec<(&'static str, u64)> {
    let hub = process::memory(instance.pid()).map(|kib| ("the instance", kib));
    let server = servers(setting)
        .first()
        .and_then(|pid| process::memory(*pid));
    hub.into_iter()
        .chain(server.map(|kib| ("a server", kib)))
        .collect()
}

/// The call itself, as the MCP tool makes it too.
pub fn through_hub(instance: &Started) -> Result<Target> {
    let ready = instance.json();
    let text = |field: &str| ready[field].as_str().unwrap_or_default().to_owned();
    mcp(&text("mcp_url"), Some(&text("token")))
}

/// The server of the warm instance, wherever its engine runs it: containers
/// have the binary at `/server`.
fn servers(setting: &Setting) -> Vec<u32> {
    let mut found = process::running_below(&setting.folder.join("warm"));
    found.extend(process::running_below(std::path::Path::new("/server")));
    found
}

async fn row(
    path: &'static str,
    target: &Target,
    connections: usize,
    calls: u32,
    processes: &[(&'static str, Vec<u32>)],
) -> Result<Row> {
    let used = || -> Vec<Duration> {
        let of = |pids: &Vec<u32>| pids.iter().filter_map(|pid| process::cpu(*pid)).sum();
        processes.iter().map(|(_, pids)| of(pids)).collect()
    };
    let before = used();
    let calls = if connections == 1 {
        calls
    } else {
        calls.saturating_mul(10)
    };
    let measured = load::run(target, connections, calls).await?;
    let sent = u128::from(calls) + u128::from(calls / 10);
    let cpu_us = processes
        .iter()
        .zip(used())
        .zip(before)
        .map(|(((name, _), after), before)| {
            let spent = after.saturating_sub(before).as_micros() / sent.max(1);
            (*name, u64::try_from(spent).unwrap_or(u64::MAX))
        })
        .collect();
    Ok(Row {
        path,
        measured,
        cpu_us,
    })
}

async fn alone(setting: &Setting, upstream: &Upstream) -> Result<Started> {
    let credentials = setting.folder.join("credentials.json");
    let values = json!({ "api_key": DEMO.api_key, "store_token": DEMO.token });
    std::fs::write(&credentials, values.to_string())
        .map_err(|error| Failure::new("The credentials cannot be written.").because(&error))?;
    let mut command = setting.toolmill("alone", &setting.cache)?;
    command.arg("run").arg(&setting.spec).args([
        "--port",
        "0",
        "--base-url",
        upstream.url.as_str(),
    ]);
    command.arg("--credentials").arg(credentials);
    start(command).await
}

fn direct(upstream: &Upstream) -> Result<Target> {
    Ok(Target {
        url: parse(&format!("{}store/whoami", upstream.url))?,
        method: Method::GET,
        headers: vec![("x-api-key", DEMO.api_key.to_owned())],
        body: Bytes::new(),
        expect: EXPECTED,
    })
}

fn mcp(url: &str, token: Option<&str>) -> Result<Target> {
    let name = if token.is_some() {
        "petstore__whoAmI"
    } else {
        "whoAmI"
    };
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {
            "name": name, "arguments": {},
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    });
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("accept", "application/json, text/event-stream".to_owned()),
        ("mcp-protocol-version", "2026-07-28".to_owned()),
        ("mcp-method", "tools/call".to_owned()),
        ("mcp-name", name.to_owned()),
    ];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
    Ok(Target {
        url: parse(url)?,
        method: Method::POST,
        headers,
        body: Bytes::from(body.to_string()),
        expect: EXPECTED,
    })
}

fn parse(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|error| Failure::new(format!("`{url}` is no URL.")).because(&error))
}

pub fn print(rows: &[Row]) {
    let mut table = Table::new(["CALL", "CONNECTIONS", "P50", "P99", "CALLS/S", "CPU A CALL"]);
    for row in rows {
        let cpu = row
            .cpu_us
            .iter()
            .map(|(name, us)| format!("{name} {us} µs"));
        table.row([
            row.path.to_owned(),
            row.measured.connections.to_string(),
            format!("{} µs", row.measured.p50_us),
            format!("{} µs", row.measured.p99_us),
            row.measured.calls_per_second.to_string(),
            cpu.collect::<Vec<_>>().join(", "),
        ]);
    }
    table.print("");
    ui::say("");
}
