//! What may be missing on a machine. A test that cannot run says so loudly,
//! and fails where the environment demands that it runs (as CI's does).

use std::process::Command;

/// Whether a Docker daemon answers. With `TOOLMILL_REQUIRE_DOCKER=1` one must.
pub fn docker() -> bool {
    let answers = Command::new("docker")
        .args(["version", "--format", "{{.Server.APIVersion}}"])
        .output()
        .is_ok_and(|output| output.status.success());
    answers || missing("TOOLMILL_REQUIRE_DOCKER", "no Docker daemon answers")
}

/// Reports that something is missing, or fails where it must not be.
pub fn missing(demanded_by: &str, what: &str) -> bool {
    let demanded = std::env::var(demanded_by).is_ok_and(|value| value == "1");
    assert!(!demanded, "{what}, and {demanded_by}=1 demands it");
    eprintln!("\n*** NOT TESTED: {what}. With {demanded_by}=1 this is a failure. ***\n");
    false
}
