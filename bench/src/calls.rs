//! What a call costs, one way or another.

use std::time::Duration;

use anyhow::Result;
use tokio::process::Command;

use crate::{
    fastmcp::FastMcp,
    load::{Load, Measured, Target},
    process::{Process, median},
    server::{self, Made},
};

/// How long one way is measured at one connection before it is the next one's turn. There are seconds
/// in which cores fall asleep between any two messages, and others in which they do not: what is
/// compared has to meet the same.
const TURN: Duration = Duration::from_secs(1);

/// One way of making the same call.
pub struct Calls {
    pub way: &'static str,
    pub p50: Duration,
    pub mean: Duration,
    /// To the direct call's mean in the same turn, from the least to the largest.
    pub ratios: Vec<f64>,
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

/// Measures all ways in turns, `rounds` times for `time`, which is in whole seconds, so that what else
/// happens on the machine meets all.
pub async fn measure(
    made: &Made,
    api: &str,
    load: &Load,
    fastmcp: Option<&FastMcp>,
    time: Duration,
    rounds: u32,
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
        for turn in u64::from(round)..u64::from(round) + time.as_secs() {
            for place in 0..ways.len() {
                // To and fro, so that none always comes after the same other.
                let back = ways.len() - 1 - place;
                let way = &mut ways[if turn % 2 == 0 { place } else { back }];
                way.alone.push(load.run(&way.target, 1, TURN).await?);
            }
        }
        for way in &mut ways {
            way.measure_many(load, time).await?;
        }
    }
    Ok(ways.iter().map(|way| way.calls(&ways[0])).collect())
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

    async fn measure_many(&mut self, load: &Load, time: Duration) -> Result<()> {
        let used = |process: Option<&Process>| process.map_or(Ok(Duration::ZERO), Process::cpu);
        let before = used(self.process)?;
        let measured = load.run(&self.target, 50, time).await?;
        let cpu = used(self.process)?.saturating_sub(before);
        self.many.push((measured, cpu));
        Ok(())
    }

    fn calls(&self, direct: &Self) -> Calls {
        let rates = self.many.iter().map(|(many, _)| many.calls_per_second);
        let turns = self.alone.iter().zip(&direct.alone);
        let ratios = turns.map(|(turn, direct)| turn.mean().div_duration_f64(direct.mean()));
        let mut ratios: Vec<_> = ratios.collect();
        ratios.sort_by(f64::total_cmp);
        let many = self.many.iter();
        let cpu = many.map(|(many, cpu)| cpu.div_f64(many.calls.max(1) as f64));
        Calls {
            way: self.name,
            p50: median(self.alone.iter().map(|turn| turn.p50)),
            mean: median(self.alone.iter().map(Measured::mean)),
            ratios,
            per_second: median(rates),
            cpu: self.process.map(|_| median(cpu)),
        }
    }
}
