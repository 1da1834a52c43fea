//! `toolmill completions SHELL`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;

pub fn completions(shell: Shell) {
    clap_complete::generate(
        shell,
        &mut Cli::command(),
        "toolmill",
        &mut std::io::stdout(),
    );
}
