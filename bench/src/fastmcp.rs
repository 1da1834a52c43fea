//! FastMCP, a server of the same specification in Python.

use std::{net::TcpListener, path::Path, process::Command, time::Duration, time::Instant};

use anyhow::{Context as _, Result, ensure};

use crate::{
    load::{self, Target},
    peers::FASTMCP,
    process::Process,
};

/// The version that is measured.
pub const VERSION: &str = "4.1.2";

/// A running server.
pub struct FastMcp {
    pub process: Process,
    pub url: String,
    /// From spawn to the answer of the first call.
    pub first_call: Duration,
}

/// Installs it into `folder` unless it is there, and starts it.
///
/// # Errors
/// Where there is no Python, or it can not be installed.
pub async fn start(folder: &Path, specification: &str, api: &str) -> Result<FastMcp> {
    let environment = folder.join(format!("fastmcp-{VERSION}"));
    let python = environment.join("bin/python");
    if !environment.join("bin/fastmcp").exists() {
        eprintln!("installing FastMCP {VERSION}");
        run(Command::new("python3")
            .args(["-m", "venv"])
            .arg(&environment))?;
        let package = format!("fastmcp=={VERSION}");
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", &package]))?;
    }
    let (program, document) = (folder.join("server.py"), folder.join("specification.json"));
    std::fs::write(&program, FASTMCP)?;
    std::fs::write(&document, specification)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let url = format!("http://127.0.0.1:{port}/mcp");
    let mut command = tokio::process::Command::new(&python);
    command
        .args([&program, &document])
        .arg(api)
        .arg(port.to_string());
    let begin = Instant::now();
    let process = Process::spawn(&mut command)?;
    load::once(&Target::mcp(&url)?).await?;
    Ok(FastMcp {
        process,
        url,
        first_call: begin.elapsed(),
    })
}

fn run(command: &mut Command) -> Result<()> {
    let program = format!("{:?}", command.get_program());
    let status = command
        .status()
        .with_context(|| format!("{program} does not start"))?;
    ensure!(status.success(), "{program} failed");
    Ok(())
}
