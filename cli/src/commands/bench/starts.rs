//! How long the first call takes where the server is paused, or is not there.

use std::time::Duration;

use secrecy::SecretString;
use serde::Serialize;
use toolmill_core::ServerState;

use super::calls::through_hub;
use super::children::{Setting, Upstream, start};
use super::load;
use crate::client::Instance;
use crate::failure::{Failure, Result};
use crate::ui::{self, Table};

const ROUNDS: usize = 3;

#[derive(Serialize)]
pub struct Starts {
    engine: String,
    awake_us: u64,
    /// `None` where the engine does not pause.
    paused_us: Option<u64>,
    stopped_us: u64,
}

/// Medians of a call's time in each state of the server.
pub async fn measure(setting: &Setting, upstream: &Upstream) -> Result<Starts> {
    let mut command = setting.toolmill("starts", &setting.cache)?;
    command
        .env("TOOLMILL_PAUSE_AFTER", "1")
        .env("TOOLMILL_STOP_AFTER", "8");
    command
        .arg("up")
        .arg(&setting.spec)
        .args(["--json", "--name", "petstore", "--port", "0"]);
    command.args(["--base-url", upstream.url.as_str()]);
    let key = setting.folder.join("api_key");
    command
        .arg("--credential")
        .arg(format!("api_key=@{}", key.display()));
    let started = start(command).await?;
    let target = through_hub(&started)?;
    let ready = started.json();
    let base = ready["mcp_url"]
        .as_str()
        .unwrap_or_default()
        .trim_end_matches("/mcp");
    let token = SecretString::from(ready["token"].as_str().unwrap_or_default());
    let instance = Instance::new(base.to_owned(), token);

    let (mut awake, mut paused, mut stopped) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        load::once(&target).await?;
        awake.push(load::once(&target).await?);
        if falls_to(&instance, ServerState::Paused).await? {
            paused.push(load::once(&target).await?);
        }
        if falls_to(&instance, ServerState::Stopped).await? {
            stopped.push(load::once(&target).await?);
        }
    }
    let missing = || Failure::new("The server was never stopped while idle.");
    Ok(Starts {
        engine: ready["engine"].as_str().unwrap_or_default().to_owned(),
        awake_us: median(awake).ok_or_else(missing)?,
        paused_us: median(paused),
        stopped_us: median(stopped).ok_or_else(missing)?,
    })
}

/// Waits until the idle server is in this state; false where it went past it.
async fn falls_to(instance: &Instance, wanted: ServerState) -> Result<bool> {
    for _ in 0..400 {
        let status = instance.status("petstore").await?;
        let state = status.servers.first().and_then(|server| server.state);
        match (state, wanted) {
            (Some(state), wanted) if state == wanted => return Ok(true),
            (None, ServerState::Stopped) => return Ok(true),
            (None | Some(ServerState::Stopped), _) => return Ok(false),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    Ok(false)
}

fn median(mut times: Vec<Duration>) -> Option<u64> {
    times.sort_unstable();
    let middle = times.get(times.len() / 2)?;
    u64::try_from(middle.as_micros()).ok()
}

pub fn print(starts: &Starts) {
    let mut table = Table::new(["FIRST CALL, SERVER IS", "TIME"]);
    let ms = |us: u64| format!("{}.{} ms", us / 1000, us % 1000 / 100);
    table.row(["awake".to_owned(), ms(starts.awake_us)]);
    if let Some(us) = starts.paused_us {
        table.row(["paused".to_owned(), ms(us)]);
    }
    table.row(["stopped".to_owned(), ms(starts.stopped_us)]);
    ui::say(format!("engine: {}", starts.engine));
    table.print("");
    ui::say("");
}
