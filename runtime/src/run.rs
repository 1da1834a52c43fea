//! From the command line to a running server.

use std::{process::ExitCode, time::Duration};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{
    Server,
    base::Base,
    call::Calls,
    command_line::{self, Command, Listen, Settings},
    credentials::Credentials,
    mcp::Handler,
    serve,
    upstream::{Route, Upstream},
};

/// The exit code for a command line that can not be followed.
const USAGE: u8 = 2;

/// How soon the next timer is due at any time.
const PULSE: Duration = Duration::from_secs(1);

/// Runs a generated server: reads the command line, serves, and stops on SIGTERM or Ctrl-C.
///
/// It exits with 0 after an orderly stop, with 2 where the command line can not be followed, and
/// with 1 on any other fault, which is told on standard error.
pub fn main(server: &'static Server) -> ExitCode {
    let arguments = std::env::args_os().skip(1);
    let settings = match command_line::parse(arguments, std::env::var_os("BASE_URL")) {
        Ok(Command::Serve(settings)) => settings,
        Ok(Command::Help) => {
            print!("{}", command_line::help(server));
            return ExitCode::SUCCESS;
        }
        Ok(Command::Version) => {
            println!(
                "{}-mcp (toolmill-runtime {})",
                server.slug,
                env!("CARGO_PKG_VERSION")
            );
            return ExitCode::SUCCESS;
        }
        Err(text) => {
            eprintln!("{text}");
            return USAGE.into();
        }
    };
    match run(server, &settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

fn run(server: &'static Server, settings: &Settings) -> Result<(), String> {
    let calls = calls(server, settings)?;
    // One thread: a server is limited to one CPU, and starts faster and smaller so.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("The server can not start: {error}."))?;
    let served = runtime.block_on(serve(Handler::new(calls), settings));
    // A read of standard input can not be broken off, and must not keep the process.
    runtime.shutdown_background();
    served
}

fn calls(server: &'static Server, settings: &Settings) -> Result<Calls, String> {
    let given_base = settings.base_url.as_deref().map(Base::parse).transpose()?;
    let (route, mut credentials) = match &settings.listen {
        Listen::Socket { egress, .. } => (Route::Broker(egress.clone()), Credentials::none()),
        Listen::Stdio | Listen::Tcp { .. } => (
            Route::Direct,
            Credentials::load(server.security, settings.credentials.as_deref())?,
        ),
    };
    let needs_grant = matches!(route, Route::Broker(_));
    Ok(Calls {
        server,
        given_base,
        upstream: Upstream::new(route, credentials.take_identity(), &settings.limits),
        limits: settings.limits,
        credentials,
        needs_grant,
        files: settings.files_from.clone(),
    })
}

async fn serve(handler: Handler, settings: &Settings) -> Result<(), String> {
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    tokio::spawn(pulse());
    match &settings.listen {
        Listen::Stdio => serve::stdio(handler, stop)
            .await
            .map_err(|error| format!("Serving on standard input and output failed: {error}.")),
        Listen::Tcp { host, port } => serve::tcp(handler, settings, (host, *port), stop)
            .await
            .map_err(|error| format!("The server can not listen on {host} port {port}: {error}.")),
        Listen::Socket { socket, .. } => serve::unix(handler, settings, socket, stop)
            .await
            .map_err(|error| {
                format!(
                    "The server can not listen on `{}`: {error}.",
                    socket.display()
                )
            }),
    }
}

async fn stop_on_signal(stop: CancellationToken) {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    stop.cancel();
}

/// Keeps a timer due soon. tokio makes a system call for each timer that is due before all others,
/// and every call sets some that are due in seconds and never come to be.
async fn pulse() {
    loop {
        tokio::time::sleep(PULSE).await;
    }
}
