//! Random specifications for a while: `generator/tests/it/fuzz`.

use std::process::Command;

use anyhow::{Result, ensure};

/// The tests that share the time.
const TESTS: u64 = 3;

pub fn fuzz(seconds: u64) -> Result<()> {
    let each = seconds.saturating_mul(1_000) / TESTS;
    let status = Command::new(env!("CARGO"))
        .args([
            "test",
            "--package",
            "toolmill-generator",
            "--test",
            "it",
            "fuzz::",
        ])
        .args(["--profile", "fuzz"])
        .args(["--", "--test-threads=1"])
        .env("BOLERO_RANDOM_TEST_TIME_MS", each.to_string())
        .status()?;
    ensure!(status.success(), "a specification does what none may do");
    Ok(())
}
