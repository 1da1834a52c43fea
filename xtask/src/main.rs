//! What developers run: `cargo xtask --help` lists it.

mod bench;
mod corpus;
mod fuzz;
mod golden;
mod lock;
mod tools;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "What developers of Toolmill run")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write the examples' generated crates and the runtime's lock file again.
    Golden {
        /// Only say whether they are up to date; exit code 1 where not.
        #[arg(long)]
        check: bool,
    },
    /// Generate from random specifications for a while.
    Fuzz {
        /// How long, in all.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Measure real specifications, where they are there.
    Corpus(corpus::Corpus),
    /// Print which tool serves which operation of a specification, as JSON.
    #[command(hide = true)]
    Tools { spec: PathBuf },
    /// Measure generated servers, and write the figures to the docs; `-- --help` says more.
    Bench {
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Golden { check } => golden::golden(check),
        Task::Fuzz { seconds } => fuzz::fuzz(seconds),
        Task::Corpus(args) => corpus::corpus(&args),
        Task::Tools { spec } => tools::tools(&spec),
        Task::Bench { arguments } => bench::bench(&arguments),
    }
}
