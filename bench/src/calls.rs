//! What a call costs, one way or another.

use std::time::Duration;

use anyhow::Result;
use tokio::process::Command;

use crate::{
    fastmcp::FastMcp,
    load::{self, Measured, Target},
    process::{Process, median},
    server::{self, Made},
};

/// One way of making the same call.
pub struct Calls {
    pub way: &'static str,
    pub p50: Duration,
    /// At 50 connections.
    pub per_second: f64,
    /// What the server, if there is one between, uses a call at 50 connections.
    pub cpu: Option<Duration>,
}

/// A way, its process, and what was measured so far.
struct Way<'a> {
    name: &'static str,
    target: Target,
    process: Option<&'a Process>,
    alone: Vec<Measured>,
    many: Vec<(Measured, Duration)>,
}

/// Measures all ways in turns, `rounds` times, so that what else happens on the machine meets all.
pub async fn measure(
    made: &Made,
    api: &str,
    fastmcp: Option<&FastMcp>,
    time: Duration,
    rounds: usize,
) -> Result<Vec<Calls>> {
    let address = api.trim_start_matches("http://").trim_end_matches('/');
    let mut floor = Command::new(std::env::current_exe()?);
    let (floor, floor_url) = Process::start(floor.args(["floor", address])).await?;
    let (server, server_url) = Process::start(&mut server::command(made, api)).await?;
    let mut ways = vec![
        Way::new("direct", Target::direct(api)?, None),
        Way::new(
            "a bare JSON-RPC server",
            Target::mcp(&floor_url)?,
            Some(&floor),
        ),
        Way::new("Toolmill", Target::mcp(&server_url)?, Some(&server)),
    ];
    if let Some(fastmcp) = fastmcp {
        let target = Target::mcp(&fastmcp.url)?;
        ways.push(Way::new("FastMCP", target, Some(&fastmcp.process)));
    }
    for round in 1..=rounds {
        eprintln!("calls, round {round} of {rounds}");
        for way in &mut ways {
            way.measure(time).await?;
        }
    }
    Ok(ways.iter().map(Way::calls).collect())
}

impl<'a> Way<'a> {
    fn new(name: &'static str, target: Target, process: Option<&'a Process>) -> Self {
        Self {
            name,
            target,
            process,
            alone: Vec::new(),
            many: Vec::new(),
        }
    }

    async fn measure(&mut self, time: Duration) -> Result<()> {
        let used = |process: Option<&Process>| process.map_or(Ok(Duration::ZERO), Process::cpu);
        self.alone.push(load::run(&self.target, 1, time).await?);
        let before = used(self.process)?;
        let measured = load::run(&self.target, 50, time).await?;
        let cpu = used(self.process)?.saturating_sub(before);
        self.many.push((measured, cpu));
        Ok(())
    }

    fn calls(&self) -> Calls {
        let mut rates: Vec<_> = self
            .many
            .iter()
            .map(|(many, _)| many.calls_per_second)
            .collect();
        rates.sort_by(f64::total_cmp);
        let cpu = self.many.iter().map(|(many, cpu)| {
            // The tenth that warms up counts in the time of the process.
            cpu.div_f64(many.calls.max(1) as f64 * 1.1)
        });
        Calls {
            way: self.name,
            p50: median(self.alone.iter().map(|alone| alone.p50).collect()),
            per_second: rates.get(rates.len() / 2).copied().unwrap_or_default(),
            cpu: self.process.map(|_| median(cpu.collect())),
        }
    }
}
