//! The `toolmill` program: the only crate that knows all the others.

mod args;
mod bundle;
mod client;
mod client_config;
mod commands;
mod document;
mod failure;
mod instance;
mod limits;
mod output;
mod secret;
mod settings;
mod shell;
mod spec;
mod ui;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = args::Cli::try_parse().unwrap_or_else(|error| refuse(&error));
    let json = cli.global.json;
    log();
    // Fails only where a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = failure::Failure::new("No thread could be started.").because(&error);
            ui::show_failure(&failure, json);
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(commands::dispatch(cli));
    match done.and_then(|()| ui::lost().map_or(Ok(()), Err)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            ui::show_failure(&failure, json);
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Ends with clap's exit code: 0 for help, 2 for wrong usage, which `--json`
/// tells as any other failure.
fn refuse(error: &clap::Error) -> ! {
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let text = error.to_string();
        let failure = failure::Failure::new(text.trim_end()).code(failure::Code::Usage);
        ui::show_failure(&failure, true);
        std::process::exit(error.exit_code());
    }
    error.exit()
}

/// Logs to stderr: warnings, or what `TOOLMILL_LOG` asks for.
fn log() {
    let filter = EnvFilter::builder()
        .with_env_var("TOOLMILL_LOG")
        .with_default_directive(tracing::level_filters::LevelFilter::WARN.into())
        .from_env_lossy();
    // Its client logs as errors what commands report in their own words.
    let filter = match "rmcp=off".parse() {
        Ok(silence) if std::env::var_os("TOOLMILL_LOG").is_none() => filter.add_directive(silence),
        _ => filter,
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
}
