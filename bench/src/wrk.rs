//! wrk, an HTTP load tool in C, where it is installed.

use std::{fmt::Write as _, io::Write as _, process::Stdio, time::Duration};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use crate::load::{Measured, Target};

/// What it says at the end: requests, the bytes of their answers, how long they took and their median,
/// both in microseconds, and errors.
const DONE: &str = r#"
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("%d %d %d %d %d", summary.requests, summary.bytes, summary.duration, latency:percentile(50), failed))
end
"#;

/// Its version; nothing where it is not installed.
pub async fn version() -> Option<String> {
    let output = Command::new("wrk").arg("--version").output().await.ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.split_whitespace().nth(1)?.rsplit('/').next()?;
    version.split('-').next().map(str::to_owned)
}

/// Sends requests, whose answers have `length` bytes, over `connections` connections for `time`, in
/// whole seconds.
///
/// # Errors
/// Where one failed, or the answers are longer or shorter.
pub async fn run(
    target: &Target,
    length: usize,
    connections: usize,
    time: Duration,
) -> Result<Measured> {
    let mut script = tempfile::NamedTempFile::new()?;
    script.write_all(script_of(target)?.as_bytes())?;
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", &connections.to_string()])
        .args(["--duration", &time.as_secs().max(1).to_string()])
        .arg("--script")
        .arg(script.path())
        .arg(&target.url)
        .stderr(Stdio::inherit())
        .output()
        .await?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    read(&text, length as u64, connections as u64).with_context(|| format!("wrk said: {text}"))
}

/// The request in its words. Texts of printable ASCII are written in Lua as in Rust.
fn script_of(target: &Target) -> Result<String> {
    let mut script = format!("wrk.method = {:?}\n", target.method);
    for header in target.headers.lines() {
        let (name, value) = header.split_once(": ").context("a header")?;
        writeln!(script, "wrk.headers[{name:?}] = {value:?}")?;
    }
    if !target.body.is_empty() {
        writeln!(script, "wrk.body = {:?}", target.body)?;
    }
    Ok(script + DONE)
}

fn read(text: &str, length: u64, connections: u64) -> Result<Measured> {
    let last = text.lines().next_back().context("nothing")?;
    let numbers: Vec<u64> = last.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let &[calls, bytes, time, p50, failed] = numbers.as_slice() else {
        anyhow::bail!("other numbers than were asked for");
    };
    ensure!(failed == 0 && calls > 0, "calls failed");
    // Of each connection's last answer a part may have come.
    ensure!(
        bytes.abs_diff(calls * length) <= connections * length,
        "answers are not as long as the first"
    );
    Ok(Measured {
        p50: Duration::from_micros(p50),
        calls_per_second: calls as f64 / Duration::from_micros(time).as_secs_f64(),
        calls: calls as usize,
    })
}
