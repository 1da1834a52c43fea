//! `toolmill limits`.

use clap::Args;

const LIMITS: &str = "\
Examples:
  toolmill limits                          what is in force, and what the defaults are
  toolmill limits --toml > limits.toml     a file to begin with
  toolmill --limits limits.toml check openapi.yaml
  TOOLMILL_LIMITS=limits.toml toolmill serve

An instance also reads `limits.toml` in its data directory, when it starts.";

#[derive(Debug, Args)]
#[command(after_help = LIMITS)]
pub struct Limits {
    /// Print a file that sets what is in force, with the defaults in comments.
    #[arg(long, conflicts_with = "json")]
    pub toml: bool,
}
