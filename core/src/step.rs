//! The way of the data, as users see it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Problem;

/// One of the eight words, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    Register,
    Parse,
    Lower,
    Render,
    Build,
    Deploy,
    Mount,
    Call,
}

impl Step {
    pub const ALL: [Self; 8] = [
        Self::Register,
        Self::Parse,
        Self::Lower,
        Self::Render,
        Self::Build,
        Self::Deploy,
        Self::Mount,
        Self::Call,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Parse => "parse",
            Self::Lower => "lower",
            Self::Render => "render",
            Self::Build => "build",
            Self::Deploy => "deploy",
            Self::Mount => "mount",
            Self::Call => "call",
        }
    }

    /// The step with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// News of one step of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepEvent {
    pub step: Step,
    #[serde(flatten)]
    pub state: StepState,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum StepState {
    Started,
    /// What is being done right now, for a progress line.
    Progress {
        message: String,
    },
    Finished {
        milliseconds: u64,
        /// What came out, such as `12 tools`.
        message: String,
    },
    Failed {
        problem: Problem,
    },
}
