//! `toolmill bench`: what each step takes, and what a call costs, in one run on
//! one machine, with real processes throughout.

mod calls;
mod children;
mod load;
mod process;
mod starts;
mod steps;

use serde_json::json;

use super::Context;
use crate::args::Bench;
use crate::failure::{Failure, Result};
use crate::ui;

pub async fn bench(context: &Context, args: &Bench) -> Result<()> {
    let folder = tempfile::Builder::new()
        .prefix("toolmill-bench-")
        .tempdir()
        .map_err(|error| {
            Failure::missing(
                "There is no room for a temporary folder.",
                "Make space in `TMPDIR`.",
            )
            .because(&error)
        })?;
    let bench = children::Setting::new(folder.path(), &context.directories, args)?;
    if !context.json {
        ui::note("Measuring takes about a minute; a quiet machine gives steady figures.");
    }
    let cold = if args.cold {
        Some(steps::cold(&bench).await?)
    } else {
        None
    };
    let upstream = children::upstream(&bench).await?;
    let (steps, instance) = steps::warm(&bench, &upstream).await?;
    let calls = calls::measure(&bench, &upstream, &instance, args.calls).await?;
    let memory = calls::memory(&bench, &instance);
    drop(instance);
    let starts = starts::measure(&bench, &upstream).await?;
    if context.json {
        ui::json(&json!({
            "machine": machine(),
            "cold": cold,
            "steps": steps,
            "calls": calls,
            "memory_kib": memory,
            "starts": starts,
        }));
        return Ok(());
    }
    ui::say(format!("{}\n", machine()));
    steps::print(cold.as_ref(), &steps);
    calls::print(&calls);
    starts::print(&starts);
    for (what, kib) in memory {
        ui::say(format!(
            "memory of {what}: {}.{} MiB",
            kib / 1024,
            kib % 1024 * 10 / 1024
        ));
    }
    Ok(())
}

/// Processor, cores and kernel of this machine.
fn machine() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{model}, {cores} cores, Linux {}", kernel.trim())
}
