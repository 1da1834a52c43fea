//! Runs compilers: with a clean environment, bounded output and a time limit.

use std::env;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::limits::BuildLimits;
use super::log::HeadTail;
use crate::error::{Error, Result};
use crate::spawn::spawn;

/// A longer line of standard output is not reported.
const LINE_LIMIT: usize = 1024 * 1024;

/// What compilers may see of the environment: where things are, and how the
/// network is reached. Flags and wrappers of the user's own builds stay out.
const ENVIRONMENT: &[&str] = &[
    "PATH",
    "HOME",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "TMPDIR",
    "LANG",
    "CARGO_HTTP_CAINFO",
    "CARGO_HTTP_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "all_proxy",
    "https_proxy",
    "http_proxy",
    "no_proxy",
];

/// A command that sees only [`ENVIRONMENT`].
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null());
    for name in ENVIRONMENT {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

pub(super) struct Finished {
    pub status: ExitStatus,
    /// What it wrote to standard error.
    pub log: String,
}

/// Runs to the end, and hands each line of standard output to `on_line`. `what`
/// is for the message where the time limit is met.
pub(super) async fn run(
    mut command: Command,
    what: &str,
    limits: &BuildLimits,
    mut on_line: impl FnMut(&str),
) -> Result<Finished> {
    let program = command.as_std().get_program().to_owned();
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let mut child = spawn(command)
        .await
        .map_err(Error::io("run", Path::new(&program)))?;
    let mut group = ProcessGroup::of(child.id());
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let mut log = HeadTail::new(limits.log);
    let mut lines = Lines::default();
    let finished = tokio::time::timeout(limits.time, async {
        tokio::join!(
            drain(stdout, |bytes| lines.push(bytes, &mut on_line)),
            drain(stderr, |bytes| log.push(bytes)),
            child.wait(),
        )
        .2
    });
    let status = finished
        .await
        .map_err(|_| Error::TimedOut {
            what: what.to_owned(),
            seconds: limits.time.as_secs(),
        })?
        .map_err(Error::io("run", Path::new(&program)))?;
    group.ended();
    Ok(Finished {
        status,
        log: log.text(),
    })
}

/// Reads to the end; a failing pipe is an ended one.
async fn drain(pipe: Option<impl AsyncRead + Unpin>, mut each: impl FnMut(&[u8])) {
    let Some(mut pipe) = pipe else { return };
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = pipe.read(&mut buffer).await {
        each(&buffer[..length]);
    }
}

/// Kills the program and what it started where its run is given up.
struct ProcessGroup(Option<Pid>);

impl ProcessGroup {
    fn of(leader: Option<u32>) -> Self {
        Self(leader.and_then(|id| Pid::from_raw(id.cast_signed())))
    }

    /// All its output has been read, so nobody is left in it; the number may
    /// now be somebody else's.
    fn ended(&mut self) {
        self.0 = None;
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended just now.
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
    }
}

/// Cuts a stream into lines, and leaves out those beyond [`LINE_LIMIT`].
#[derive(Default)]
struct Lines {
    partial: Vec<u8>,
    too_long: bool,
}

impl Lines {
    fn push(&mut self, bytes: &[u8], on_line: &mut impl FnMut(&str)) {
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.too_long |= self.partial.len() + part.len() > LINE_LIMIT;
            if self.too_long {
                self.partial.clear();
            } else {
                self.partial.extend_from_slice(part);
            }
            if part.ends_with(b"\n") {
                if !self.too_long {
                    on_line(String::from_utf8_lossy(&self.partial).trim_end());
                }
                self.partial.clear();
                self.too_long = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE_LIMIT, Lines};

    #[test]
    fn lines_are_whole_and_bounded() {
        let mut seen = Vec::new();
        let mut lines = Lines::default();
        let mut on_line = |line: &str| seen.push(line.to_owned());
        lines.push(b"on", &mut on_line);
        lines.push(b"e\ntwo\n", &mut on_line);
        lines.push(&vec![b'x'; LINE_LIMIT], &mut on_line);
        lines.push(b"x\nthree\n", &mut on_line);
        assert_eq!(seen, ["one", "two", "three"]);
    }
}
