//! `toolmill diff`, and how `generate --diff` reports.

use clap::{Args, ValueEnum};

const DIFF: &str = "\
OLD and NEW are specifications or folders of generated crates. Tools keep the names
that OLD gave them, as they do where it is generated or registered again.

A change is breaking where a call that was right may be refused now, or where
something that answers promised is gone. How requests are written (where an argument
goes and in which style, the body's media type) is told, and breaks no caller.

Examples:
  toolmill diff main/openapi.yaml openapi.yaml
  toolmill diff my-server openapi.yaml --fail-on breaking
  toolmill diff old.json new.json --format markdown > comment.md

Exit codes: 0 compared, 1 there is what `--fail-on` names (without it never).";

#[derive(Debug, Args)]
#[command(after_help = DIFF)]
pub struct Diff {
    /// A file, a URL, or the folder of a generated crate.
    pub old: String,
    /// The same.
    pub new: String,
    #[command(flatten)]
    pub report: Report,
}

/// How a comparison is reported.
#[derive(Clone, Copy, Debug, Args)]
pub struct Report {
    /// How differences are written, where `--json` does not say it.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Exit with code 1 where there are such differences.
    #[arg(long, value_enum, value_name = "WHICH")]
    pub fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Those that break callers.
    Breaking,
    /// Any at all.
    Any,
}
