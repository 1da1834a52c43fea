//! `toolmill bundle`.

use std::path::PathBuf;

use clap::Args;

const BUNDLE: &str = "\
Shared schemas, parameters and answers become components, named after their file
or key; path items and the like are written out in their place. The output is JSON,
which YAML readers take as well. A reference that leads nowhere is an error, and
nothing is written.

Other commands bundle files beside the specification and below by themselves.

Examples:
  toolmill bundle openapi.yaml -o bundled.json
  toolmill bundle api/v2/openapi.yaml --root api -o bundled.json   files above it, too
  toolmill bundle https://api.example.com/openapi.yaml --allow-remote > bundled.json
  toolmill bundle openapi.yaml --allow-remote=schemas.internal -o bundled.json";

#[derive(Debug, Args)]
#[command(after_help = BUNDLE)]
pub struct Bundle {
    /// A file, a URL, or `-` for standard input.
    pub spec: String,
    /// The file to write [default: standard output, as is `-`].
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The folder that all files have to be in [default: the specification's].
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Fetch documents from public hosts; with `=HOST` from that host, wherever it
    /// is. Repeatable. Redirects are followed within one origin only, and to HTTPS.
    #[arg(
        long,
        value_name = "HOST",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "*"
    )]
    pub allow_remote: Vec<String>,
}
