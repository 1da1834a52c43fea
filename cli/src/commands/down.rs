//! `toolmill down`.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::Context;
use crate::failure::{Failure, Result};
use crate::instance::lock;
use crate::ui;

/// How long running calls may take to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks the instance to stop, and waits until it has.
pub async fn down(context: &Context) -> Result<()> {
    let lock_file = context.directories.lock_file();
    let holder = lock::listening(&lock_file, Duration::from_secs(5)).await?;
    let Some(holder) = holder else {
        if context.json {
            ui::json(&json!({ "stopped": false }));
        } else {
            ui::say("No instance runs.");
        }
        return Ok(());
    };
    stop(holder.pid)?;
    let until = Instant::now() + PATIENCE;
    while lock::holder(&lock_file)?.is_some_and(|now| now.pid == holder.pid) {
        if Instant::now() > until {
            return Err(
                Failure::new(format!("Process {} does not stop.", holder.pid)).hint(
                    "It may be ended with `kill -9`; the next start puts everything in order.",
                ),
            );
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    if context.json {
        ui::json(&json!({ "stopped": true, "pid": holder.pid }));
    } else {
        ui::say("Stopped.");
    }
    Ok(())
}

fn stop(pid: u32) -> Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| Failure::new("The instance is just starting; try again."))?;
    kill_process(pid, Signal::TERM).map_err(|error| {
        Failure::new("The instance cannot be asked to stop.").because(&std::io::Error::from(error))
    })
}
