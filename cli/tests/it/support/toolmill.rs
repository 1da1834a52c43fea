//! The program, with a data directory of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A fresh data directory; compiled dependencies are shared by all tests.
pub struct Home {
    folder: TempDir,
}

pub struct Output {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("toolmill-test-").tempdir();
        Self {
            folder: folder.expect("a temporary folder"),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// `toolmill` on this data directory, in a clean environment.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_toolmill"));
        command.env("TOOLMILL_DATA_DIR", self.data());
        command.env("TOOLMILL_CACHE_DIR", cache());
        command
            .env_remove("TOOLMILL_ENGINE")
            .env_remove("TOOLMILL_LIMITS")
            .env_remove("TOOLMILL_LOG")
            .env_remove("TOOLMILL_TOKEN");
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        finish(self.command().args(args))
    }

    /// Runs a command that must succeed, and reads the JSON it prints.
    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        assert_eq!(output.code, Some(0), "{args:?}: {}", output.stderr);
        serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("{args:?} printed no JSON ({error}): {}", output.stdout))
    }
}

/// Runs a command to its end.
pub fn finish(command: &mut Command) -> Output {
    let output = command.output().expect("toolmill starts");
    Output {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Where the tests keep compiled dependencies, so that they are made once.
pub fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("toolmill-test-cache")
}
