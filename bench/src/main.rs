//! Measures generated servers beside the call itself, a floor and another product, in one run on
//! one machine; writes the figures to `docs/benchmarks.md` and the README.

mod calls;
mod fastmcp;
mod load;
mod peers;
mod process;
mod report;
mod server;
mod wrk;

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};
use tokio::process::Command;

use crate::{
    load::Load,
    process::Process,
    report::{Report, Specification},
};

/// Measures generated servers, and writes the figures down. `cargo xtask bench` is this, compiled
/// for speed.
#[derive(Parser)]
#[command(name = "cargo xtask bench", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    peer: Option<Peer>,
    #[command(flatten)]
    bench: Bench,
}

#[derive(Args)]
struct Bench {
    /// Seconds of each load.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// How often each load is measured, in turns; the medians count.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Also generate and build the server of this specification; repeatable.
    #[arg(long, value_name = "FILE")]
    spec: Vec<PathBuf>,
    /// Make the load with this command itself, and not with wrk where that is installed.
    #[arg(long)]
    own_load: bool,
    /// Print the figures, and write no file.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Subcommand)]
enum Peer {
    /// The API that is called.
    #[command(hide = true)]
    Api,
    /// A bare JSON-RPC server for an API at this address.
    #[command(hide = true)]
    Floor { api: String },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    match cli.peer {
        Some(Peer::Api) => peers::api().await,
        Some(Peer::Floor { api }) => peers::floor(api).await,
        None => bench(&cli.bench).await,
    }
}

async fn bench(settings: &Bench) -> Result<()> {
    let busy = process::wait_until_quiet().await;
    let load = match settings.own_load {
        true => Load::Own,
        false => Load::find().await,
    };
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let kept = root.join("target/bench");
    std::fs::create_dir_all(&kept)?;
    let folder = tempfile::tempdir()?;
    let specifications = [20, 1000].map(server::specification);
    let mut made = Vec::new();
    for text in &specifications {
        made.push(server::make(folder.path(), &kept, text.as_bytes()).await?);
    }
    let mut others = Vec::new();
    for path in &settings.spec {
        let text = std::fs::read(path).with_context(|| path.display().to_string())?;
        let made = server::make(folder.path(), &kept, &text).await?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        others.push(Specification { name, made });
    }
    let (_api, api) = Process::start(Command::new(std::env::current_exe()?).arg("api")).await?;
    let mut starts = Vec::new();
    for made in &made {
        starts.push(server::start(made, &api).await?);
    }
    let fastmcp = fastmcp::start(&kept, &specifications[0], &api).await;
    let fastmcp = fastmcp
        .inspect_err(|error| eprintln!("\nFASTMCP IS NOT MEASURED: {error:#}.\n"))
        .ok();
    let time = Duration::from_secs(settings.seconds);
    let calls = calls::measure(
        &made[0],
        &api,
        &load,
        fastmcp.as_ref(),
        time,
        settings.rounds,
    )
    .await?;
    let report = Report {
        machine: process::machine(),
        busy,
        load,
        made,
        starts,
        others,
        calls,
        fastmcp_start: fastmcp.map(|fastmcp| fastmcp.first_call),
    };
    report.print();
    if !settings.dry_run {
        report.write(&root)?;
    }
    Ok(())
}
