//! A network in which a test says what names and addresses mean: a process of its
//! own, in Linux namespaces of its own, with the system's real resolver.

use std::io::Write as _;
use std::process::{Command, Output};

/// A public address, which within leads no further than to this machine.
pub const PUBLIC: &str = "11.22.33.44";
/// Where clouds keep the keys of their machines.
pub const METADATA: &str = "169.254.169.254";

/// Names are asked of 127.0.0.1, and two more addresses are this machine's.
const SETUP: &str = r#"set -e
folder="$1"; shift
echo "nameserver 127.0.0.1" >"$folder/resolv.conf"
echo "hosts: files dns" >"$folder/nsswitch.conf"
mount --bind "$folder/resolv.conf" /etc/resolv.conf
if [ -e /etc/nsswitch.conf ]; then mount --bind "$folder/nsswitch.conf" /etc/nsswitch.conf; fi
ip link set lo up
for address in "$@"; do ip address add "$address/32" dev lo; done
"#;

/// Runs an ignored test of this program in there; `None`, said loudly, where this
/// machine has no such namespaces. With `TOOLMILL_REQUIRE_NAMESPACES=1` it must.
pub fn run(test: &str) -> Option<Output> {
    let prepared = within("true").output();
    let refused = match prepared {
        Ok(output) if output.status.success() => {
            let program = std::env::current_exe().expect("a path");
            let mut command = within(r#"exec "$PROGRAM" --exact "$TEST" --ignored --nocapture"#);
            let output = command.env("PROGRAM", program).env("TEST", test).output();
            return Some(output.expect("it starts"));
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    let required = std::env::var("TOOLMILL_REQUIRE_NAMESPACES").is_ok_and(|value| value == "1");
    assert!(!required, "namespaces are required: {refused}");
    // Past the test harness, which would keep it to itself.
    let said = writeln!(
        std::io::stderr(),
        "*** NOT RUN: {test} needs namespaces of network and mounts: {refused}"
    );
    assert!(said.is_ok(), "stderr is open");
    None
}

/// The script, after the setup. The folder goes away with the namespace's last process.
fn within(script: &str) -> Command {
    let script = format!("mount -t tmpfs none \"$1\"\n{SETUP}\n{script}");
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--mount", "--net", "sh", "-c", &script, "sh", "/mnt"]);
    command.args([PUBLIC, METADATA]);
    command
}
