//! A running `toolmill up`.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::Home;

/// A foreground instance; it is stopped when dropped.
pub struct Instance {
    child: Child,
    /// What `up --json` printed.
    pub ready: Value,
    log: Arc<Mutex<String>>,
}

impl Instance {
    /// `toolmill up SPEC … --json --port 0`, until it is ready.
    pub fn up(home: &Home, args: &[&str]) -> Self {
        Self::try_up(home, args, |_| {}).unwrap_or_else(|log| panic!("`up` failed: {log}"))
    }

    /// As `up`; what it wrote to stderr where it fails.
    pub fn try_up(
        home: &Home,
        args: &[&str],
        prepare: impl FnOnce(&mut Command),
    ) -> Result<Self, String> {
        let mut command = home.command();
        command.arg("up").args(args).args(["--json", "--port", "0"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        prepare(&mut command);
        let mut child = command.spawn().expect("toolmill starts");
        let log = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().expect("a pipe");
        let reader = collect(stderr, Arc::clone(&log));
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        let mut stdout = BufReader::new(stdout);
        stdout.read_line(&mut line).expect("readable");
        match serde_json::from_str(&line) {
            Ok(ready) => Ok(Self { child, ready, log }),
            Err(_) => {
                let status = child.wait().expect("it ends");
                let _ = reader.join();
                let log = log.lock().expect("not poisoned").clone();
                Err(format!("{status}: {line}{log}"))
            }
        }
    }

    pub fn mcp_url(&self) -> &str {
        self.ready["mcp_url"].as_str().expect("mcp_url")
    }

    pub fn token(&self) -> &str {
        self.ready["token"].as_str().expect("token")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The most memory it has had, in KiB.
    pub fn peak(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
        number
            .and_then(|number| number.parse().ok())
            .expect("a number")
    }

    /// Everything it wrote to stderr so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("not poisoned").clone()
    }

    /// As if the machine took it away.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// As Ctrl-C does; the exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.signal(Signal::INT);
        self.child.wait().expect("it ends").code()
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // It may have ended by itself.
        let _ = pid.map(|pid| kill_process(pid, signal));
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

fn collect(
    mut from: impl Read + Send + 'static,
    into: Arc<Mutex<String>>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let text = String::from_utf8_lossy(&buffer[..read]);
            into.lock().expect("not poisoned").push_str(&text);
        }
    })
}
