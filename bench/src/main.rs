//! Measures generated servers beside the call itself.

mod peers;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// The API that is called.
    #[command(hide = true)]
    Api,
    /// A bare JSON-RPC server.
    #[command(hide = true)]
    Floor { upstream: String },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    match Cli::parse().task {
        Task::Api => peers::api().await,
        Task::Floor { upstream } => peers::floor(upstream).await,
    }
}
