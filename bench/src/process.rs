//! Processes that are measured, and what the kernel says of them.

use std::{
    cmp::Ordering,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::sleep,
};

/// Above this many processes that want to run, figures are those of a busy machine.
pub const QUIET: f64 = 0.7;

/// How long a quiet machine is waited for, as after compiling, and how often it is looked at.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_secs(5);

/// A child, which ends with the value.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a program that prints its URL.
    pub async fn start(command: &mut Command) -> Result<(Self, String)> {
        let mut process = Self::spawn(command.stdout(Stdio::piped()))?;
        let stdout = process.child.stdout.take().context("no pipe")?;
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url).await?;
        ensure!(!url.trim().is_empty(), "a measured program said nothing");
        Ok((process, url.trim().to_owned()))
    }

    /// Starts a program.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).kill_on_drop(true).spawn();
        let program = || {
            Path::new(command.as_std().get_program())
                .display()
                .to_string()
        };
        let child = child.with_context(|| format!("`{}` does not start", program()))?;
        Ok(Self { child })
    }

    /// CPU time that it has used, in all its threads.
    pub fn cpu(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id()?))?;
        // The name is in parentheses and may contain anything.
        let (_, fields) = stat.rsplit_once(") ").context("no fields")?;
        let fields: Vec<_> = fields.split(' ').collect();
        let ticks = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        let per_second = rustix::param::clock_ticks_per_second();
        Ok(Duration::from_micros(ticks * 1_000_000 / per_second))
    }

    /// Resident memory, in bytes.
    pub fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()?))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kib.context("no VmRSS")?.trim().parse::<u64>()? * 1024)
    }

    fn id(&self) -> Result<u32> {
        self.child.id().context("a measured program has ended")
    }
}

/// How many processes want to run, over the last minute.
fn load_average() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|load| load.parse().ok())
        .unwrap_or_default()
}

/// Processor, cores and kernel of this machine.
pub fn machine() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = kernel.split('-').next().unwrap_or_default();
    format!("{model}, {cores} cores, Linux {}", kernel.trim())
}

/// The middle one of some values.
pub fn median<T: PartialOrd + Copy + Default>(values: impl IntoIterator<Item = T>) -> T {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Waits until little else runs, but not for long; how much still did then.
pub async fn wait_until_quiet() -> f64 {
    let begin = Instant::now();
    if load_average() > QUIET {
        eprintln!("waiting until the machine is quiet");
    }
    while load_average() > QUIET && begin.elapsed() < PATIENCE {
        sleep(PAUSE).await;
    }
    load_average()
}

/// How long something took, beside what it gave.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let done = work();
    (done, begin.elapsed())
}
