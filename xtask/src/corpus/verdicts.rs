//! Where the evaluator itself is wrong, and why.

use anyhow::Result;
use serde::Deserialize;

use super::evaluate::Failure;

/// The list, kept beside this file.
#[derive(Deserialize)]
pub struct Verdicts {
    verdict: Vec<Verdict>,
}

#[derive(Deserialize)]
pub struct Verdict {
    spec: String,
    /// The operations it is about; a path may end with `*`.
    operations: Vec<String>,
    /// What the evaluator says.
    cause: String,
    pub reason: String,
}

impl Verdicts {
    pub fn read() -> Result<Self> {
        Ok(toml::from_str(include_str!("verdicts.toml"))?)
    }

    /// Why a failure is none; `None` where it is one.
    pub fn reason(&self, failure: &Failure) -> Option<&str> {
        let of = |cause: &str| {
            let mut all = self.verdict.iter();
            all.find(|verdict| verdict.is_of(failure, cause))
                .map(|found| found.reason.as_str())
        };
        let reasons: Option<Vec<_>> = failure.causes.iter().map(|cause| of(cause)).collect();
        reasons?.first().copied()
    }
}

impl Verdict {
    fn is_of(&self, failure: &Failure, cause: &str) -> bool {
        let covers = |operation: &String| match operation.strip_suffix('*') {
            Some(start) => failure.operation.starts_with(start),
            None => failure.operation == *operation,
        };
        self.spec == failure.spec && self.cause == cause && self.operations.iter().any(covers)
    }
}
