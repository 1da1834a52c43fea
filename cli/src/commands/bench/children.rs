//! The processes that are measured.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use petstore_upstream::{DEMO, SPECIFICATION};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use url::Url;

use crate::args::Bench;
use crate::failure::{Failure, Result};
use crate::settings::Directories;

/// Where a bench run keeps its things.
pub struct Setting {
    pub folder: PathBuf,
    pub spec: PathBuf,
    pub cache: PathBuf,
    engine: String,
}

impl Setting {
    pub fn new(folder: &Path, directories: &Directories, args: &Bench) -> Result<Self> {
        let spec = folder.join("petstore.yaml");
        // Not the bundled bytes, so that nothing starts a second upstream.
        write(&spec, &format!("# measured\n{SPECIFICATION}"))?;
        for (scheme, value) in [("api_key", DEMO.api_key), ("store_token", DEMO.token)] {
            write(&folder.join(scheme), value)?;
        }
        let engine = args.engine.to_possible_value();
        Ok(Self {
            folder: folder.to_owned(),
            spec,
            cache: directories.cache.clone(),
            engine: engine.map_or_else(|| "auto".to_owned(), |value| value.get_name().to_owned()),
        })
    }

    /// This program, on a data directory of this run.
    pub fn toolmill(&self, data: &str, cache: &Path) -> Result<Command> {
        let program = std::env::current_exe().map_err(|error| {
            Failure::new("This program's own path is not known.").because(&error)
        })?;
        let mut command = Command::new(program);
        command
            .env("TOOLMILL_DATA_DIR", self.folder.join(data))
            .env("TOOLMILL_CACHE_DIR", cache)
            .env("TOOLMILL_ENGINE", &self.engine)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Ok(command)
    }
}

/// A running child, and the first line it printed.
pub struct Started {
    pub child: Child,
    pub line: String,
    /// From spawn to that line.
    pub took: Duration,
}

impl Started {
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.line).unwrap_or_default()
    }
}

impl Drop for Started {
    /// Asked to stop, so that it takes its servers with it.
    fn drop(&mut self) {
        use rustix::process::{Pid, Signal, kill_process};
        let pid = self
            .child
            .id()
            .and_then(|pid| i32::try_from(pid).ok())
            .and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // It may have ended by itself.
            let _ = kill_process(pid, Signal::TERM);
            let until = Instant::now() + Duration::from_secs(10);
            while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

/// Starts a child, and waits for its first line.
pub async fn start(mut command: Command) -> Result<Started> {
    let begun = Instant::now();
    let mut child = command
        .spawn()
        .map_err(|error| Failure::new("A measured process cannot be started.").because(&error))?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.as_mut() {
        // An empty line is handled below.
        let _ = BufReader::new(stdout).read_line(&mut line).await;
    }
    let took = begun.elapsed();
    if line.trim().is_empty() {
        let output = child.wait_with_output().await;
        let said = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
        let said = said.unwrap_or_default();
        return Err(Failure::new(format!(
            "A measured process failed:\n{}",
            said.trim()
        )));
    }
    if let Some(mut stderr) = child.stderr.take() {
        tokio::spawn(async move { tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await });
    }
    Ok(Started {
        child,
        line: line.trim().to_owned(),
        took,
    })
}

pub struct Upstream {
    pub url: Url,
    pub process: Started,
}

/// The example's upstream in a process of its own.
pub async fn upstream(setting: &Setting) -> Result<Upstream> {
    let mut command = setting.toolmill("upstream", &setting.cache)?;
    command.args(["example", "--port", "0"]);
    let process = start(command).await?;
    let url = Url::parse(&process.line)
        .map_err(|error| Failure::new("The upstream printed no URL.").because(&error))?;
    Ok(Upstream { url, process })
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).map_err(|error| {
        Failure::missing(
            format!("`{}` cannot be written.", path.display()),
            "Make space in `TMPDIR`.",
        )
        .because(&error)
    })
}
