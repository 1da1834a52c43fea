//! Saying how a pipeline goes.

use std::time::Instant;

use toolmill_core::{Problem, Progress, Step, StepEvent, StepState, VersionId};

use super::Events;

pub(super) struct Reporter<'a> {
    events: &'a Events,
    version: VersionId,
    step: Step,
    started: Instant,
}

impl<'a> Reporter<'a> {
    pub fn new(events: &'a Events, version: VersionId) -> Self {
        Self {
            events,
            version,
            step: Step::Parse,
            started: Instant::now(),
        }
    }

    /// The step that was started last.
    pub fn step(&self) -> Step {
        self.step
    }

    pub fn start(&mut self, step: Step) {
        self.step = step;
        self.started = Instant::now();
        self.say(StepState::Started);
    }

    pub fn finish(&self, message: String) {
        let milliseconds = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.say(StepState::Finished {
            milliseconds,
            message,
        });
    }

    pub fn failed(&self, problem: Problem) {
        self.say(StepState::Failed { problem });
    }

    /// A listener that passes on what the current step says.
    pub fn progress(&self) -> StepProgress<'a> {
        StepProgress {
            events: self.events,
            version: self.version,
            step: self.step,
        }
    }

    fn say(&self, state: StepState) {
        self.events.say(
            self.version,
            StepEvent {
                step: self.step,
                state,
            },
        );
    }
}

pub(super) struct StepProgress<'a> {
    events: &'a Events,
    version: VersionId,
    step: Step,
}

impl Progress for StepProgress<'_> {
    fn report(&self, message: &str) {
        let state = StepState::Progress {
            message: message.to_owned(),
        };
        self.events.say(
            self.version,
            StepEvent {
                step: self.step,
                state,
            },
        );
    }
}

/// `1 tool`, `2 tools`.
pub(super) fn plural(count: u32, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}
