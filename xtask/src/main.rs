//! What developers run: `cargo xtask --help` lists it.

mod bench;
mod golden;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "What developers of Toolmill run")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write the examples' generated crates again.
    Golden {
        /// Only say whether they are up to date; exit code 1 where not.
        #[arg(long)]
        check: bool,
    },
    /// Measure generated servers, and write the figures to the docs; `-- --help` says more.
    Bench {
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Golden { check } => golden::golden(check),
        Task::Bench { arguments } => bench::bench(&arguments),
    }
}
