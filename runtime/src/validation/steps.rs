//! What a check may take: its work is counted, so that neither a schema nor a value can make it
//! go on.

use serde_json::Number;

/// How much work one check does. What is left then is not enforced: a schema can be made to take
/// time that grows exponentially with its size.
const STEPS: usize = 8_000_000;

/// Bytes of a text that are looked at in one step.
const TEXT: usize = 64;

/// Bytes of a number that are read in one step.
const DIGITS: usize = 16;

/// What is left of a check's work, in steps of some ten nanoseconds.
#[derive(Debug)]
pub(super) struct Steps(usize);

impl Steps {
    pub(super) fn all() -> Self {
        Self(STEPS)
    }

    pub(super) fn are_over(&self) -> bool {
        self.0 == 0
    }

    /// Takes steps off; false where there are none left.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        self.0 = self.0.saturating_sub(steps);
        !self.are_over()
    }

    /// Takes off what it takes to go over a text.
    pub(super) fn spend_on_text(&mut self, text: &str) -> bool {
        self.spend(1 + text.len() / TEXT)
    }

    /// Takes off what it takes to read a number.
    pub(super) fn spend_on_number(&mut self, number: &Number) -> bool {
        self.spend(1 + number.as_str().len() / DIGITS)
    }
}
