//! `toolmill doctor`: what is there, what is missing, what to do.

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

use console::Style;
use serde::Serialize;
use toolmill_deployer::{DockerEngine, ProcessEngine, SocketDirs, Toolchain};

use super::Context;
use crate::failure::{Failure, Result};
use crate::instance::lock;
use crate::ui;

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// It works without, but not as well.
    Warning,
    Missing,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    state: State,
    detail: String,
    hint: Option<String>,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Ok,
            detail: detail.into(),
            hint: None,
        }
    }

    fn not(name: &'static str, state: State, failure: Failure) -> Self {
        Self {
            name,
            state,
            detail: failure.to_string(),
            hint: failure.hint,
        }
    }
}

/// Exit code 0 where nothing is missing, else 4.
pub async fn doctor(context: &Context) -> Result<()> {
    let mut checks = vec![version()];
    checks.extend(toolchain().await);
    checks.extend(engines().await?);
    checks.push(data_directory(context));
    checks.push(port(context)?);
    let missing = checks.iter().any(|check| check.state == State::Missing);
    if context.json {
        ui::json(&serde_json::json!({ "ok": !missing, "checks": checks }));
    } else {
        checks.iter().for_each(show);
    }
    if missing {
        return Err(Failure::missing(
            "Something is missing.",
            "Do what the hints above say, and run `toolmill doctor` again.",
        ));
    }
    Ok(())
}

fn show(check: &Check) {
    let (mark, style) = match check.state {
        State::Ok => ("✓", Style::new().green()),
        State::Warning => ("!", Style::new().yellow()),
        State::Missing => ("✗", Style::new().red()),
    };
    ui::say(format!(
        "{} {:15} {}",
        style.apply_to(mark),
        check.name,
        check.detail
    ));
    if let Some(hint) = &check.hint {
        ui::say(format!("  {:15} {hint}", ""));
    }
}

fn version() -> Check {
    Check::ok("toolmill", env!("CARGO_PKG_VERSION"))
}

async fn toolchain() -> Vec<Check> {
    let toolchain = match Toolchain::find().await {
        Ok(toolchain) => toolchain,
        Err(error) => {
            let error = toolmill_core::Error::from(error);
            return vec![Check::not("toolchain", State::Missing, error.into())];
        }
    };
    let linker = match toolchain.linker().await {
        Ok(linker) => Check::ok("linker", linker.description),
        Err(error) => Check::not(
            "linker",
            State::Missing,
            toolmill_core::Error::from(error).into(),
        ),
    };
    vec![Check::ok("toolchain", toolchain.release.clone()), linker]
}

/// Both engines, as an instance would use them.
async fn engines() -> Result<[Check; 2]> {
    let private = Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new()
        .permissions(private)
        .tempdir()
        .map_err(|error| {
            Failure::missing(
                "There is no room for a temporary folder.",
                "Make space in `TMPDIR`.",
            )
            .because(&error)
        })?;
    let dirs = SocketDirs::new(folder.path(), "doctor").map_err(toolmill_core::Error::from)?;
    let docker = match DockerEngine::connect("doctor", dirs.clone()).await {
        Ok(engine) => noted("docker", "a daemon answers", &engine.warnings()),
        Err(error) => Check::not(
            "docker",
            State::Warning,
            toolmill_core::Error::from(error).into(),
        ),
    };
    let process = match ProcessEngine::new(dirs, folder.path()).await {
        Ok(engine) => noted(
            "process engine",
            "the kernel confines servers",
            &engine.missing(),
        ),
        Err(error) => Check::not(
            "process engine",
            State::Warning,
            toolmill_core::Error::from(error).into(),
        ),
    };
    Ok([docker, process])
}

fn noted(name: &'static str, fine: &str, notes: &[String]) -> Check {
    if notes.is_empty() {
        return Check::ok(name, fine);
    }
    Check {
        name,
        state: State::Warning,
        detail: notes.join(" "),
        hint: None,
    }
}

fn data_directory(context: &Context) -> Check {
    let data = &context.directories.data;
    let probe = data.join(".doctor");
    let tried = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .and_then(|()| std::fs::write(&probe, [0; 4096]))
        .and_then(|()| std::fs::remove_file(&probe));
    match tried {
        Ok(()) => Check::ok("data directory", data.display().to_string()),
        Err(error) => {
            let failure = Failure::new(format!("`{}` cannot be written", data.display()));
            let hint = "Name another with `--data-dir DIR`, or make room on the disk.";
            Check::not(
                "data directory",
                State::Missing,
                failure.because(&error).hint(hint),
            )
        }
    }
}

fn port(context: &Context) -> Result<Check> {
    const PORT: u16 = 8000;
    if let Some(holder) = lock::holder(&context.directories.lock_file())? {
        let at = holder.base_url().unwrap_or_default();
        return Ok(Check::ok(
            "port",
            format!("an instance runs at {at}, process {}", holder.pid),
        ));
    }
    Ok(match TcpListener::bind(("127.0.0.1", PORT)) {
        Ok(_) => Check::ok("port", format!("{PORT} is free")),
        Err(error) => {
            let failure = Failure::new(format!("port {PORT} cannot be used")).because(&error);
            Check::not(
                "port",
                State::Warning,
                failure.hint("Choose another with `--port N`."),
            )
        }
    })
}
