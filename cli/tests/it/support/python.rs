//! The Python MCP clients, each in an environment of its own that is made once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;

use super::needs;

static MAKING: Mutex<()> = Mutex::new(());

/// `mcp==VERSION`'s interpreter; `None` where Python or the package is not to
/// be had. With `TOOLMILL_REQUIRE_PYTHON=1` it must be.
pub fn interpreter(version: &str) -> Option<PathBuf> {
    let _one = MAKING.lock().expect("not poisoned");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("python-mcp-{version}"));
    let python = folder.join("bin/python");
    let done = folder.join("done");
    if !done.exists() {
        let made = run("python3", &["-m", "venv", &folder.to_string_lossy()])
            && run(
                &python.to_string_lossy(),
                &[
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    &format!("mcp=={version}"),
                ],
            )
            && std::fs::write(&done, "").is_ok();
        if !made {
            needs::missing(
                "TOOLMILL_REQUIRE_PYTHON",
                &format!("Python's `mcp=={version}` cannot be installed"),
            );
            return None;
        }
    }
    Some(python)
}

/// Runs a client script; it prints one JSON document.
pub fn client(interpreter: &Path, script: &str, args: &[&str]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/clients")
        .join(script);
    let output = Command::new(interpreter)
        .arg(script)
        .args(args)
        .output()
        .expect("Python starts");
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
    })
}

fn run(program: &str, args: &[&str]) -> bool {
    Command::new(program)
        .args(args)
        .status()
        .is_ok_and(|status| status.success())
}
