//! The TypeScript MCP clients, installed once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;

use super::needs;

const PACKAGES: [&str; 2] = [
    "@modelcontextprotocol/client@2.4.0",
    "@modelcontextprotocol/sdk@1.32.2",
];

static INSTALLING: Mutex<()> = Mutex::new(());

/// The folder where both versions of the SDK are installed; `None` where npm or
/// the packages are not to be had. With `TOOLMILL_REQUIRE_NODE=1` they must be.
pub fn packages() -> Option<PathBuf> {
    let _one = INSTALLING.lock().expect("not poisoned");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node-mcp");
    let done = folder.join(PACKAGES.join("_").replace('/', "_"));
    let installed = done.exists() || install(&folder) && std::fs::write(&done, "").is_ok();
    if !installed {
        let what = format!("npm's {} cannot be installed", PACKAGES.join(" and "));
        needs::missing("TOOLMILL_REQUIRE_NODE", &what);
    }
    installed.then_some(folder)
}

/// Runs a client script; it prints one JSON document.
pub fn client(packages: &Path, script: &str, args: &[&str]) -> Value {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/clients")
        .join(script);
    // Packages are looked for beside the script.
    let script = packages.join(script);
    std::fs::copy(source, &script).expect("a copy");
    let output = Command::new("node")
        .arg(script)
        .args(args)
        .output()
        .expect("Node starts");
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
    })
}

fn install(folder: &Path) -> bool {
    std::fs::create_dir_all(folder).is_ok()
        && Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund"])
            .arg("--ignore-scripts")
            .arg("--prefix")
            .arg(folder)
            .args(PACKAGES)
            .status()
            .is_ok_and(|status| status.success())
}
