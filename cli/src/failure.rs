//! How a command fails: a message, why, what to do next, and an exit code.

use std::error::Error as StdError;
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};
use toolmill_core::{Diagnostic, Error, Problem};

use crate::spec::Spec;

pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Exit codes, as the help lists them. Most wrong usage is found by clap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Failed = 1,
    Usage = 2,
    Specification = 3,
    Missing = 4,
}

/// What kind of failure it is, for programs: the `code` of `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// None of the others.
    Failed,
    /// The command line is not understood.
    Usage,
    NoInstance,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    InvalidRequest,
    UnusableSpecification,
    /// The file of limits is not understood.
    UnusableLimits,
    /// Something that is needed is not there.
    Unavailable,
    /// A tool was called, and answered with an error.
    ToolError,
    /// There is no generated crate in the folder.
    NotGenerated,
    /// A generated crate is not what would be generated now.
    Stale,
    /// Two tool surfaces differ in what was to be the same.
    Different,
}

impl Code {
    /// The code for an HTTP status of the REST interface.
    fn of(status: u16) -> Self {
        match status {
            400 => Self::InvalidRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 => Self::Conflict,
            422 => Self::UnusableSpecification,
            503 => Self::Unavailable,
            _ => Self::Failed,
        }
    }
}

#[derive(Debug)]
pub struct Failure {
    pub code: Code,
    pub message: String,
    /// What lies beneath, outermost first.
    pub causes: Vec<String>,
    pub hint: Option<String>,
    pub diagnostics: Vec<Diagnostic>,
    /// The text that the diagnostics are about, where it is at hand.
    pub spec: Option<Box<Spec>>,
    pub exit: Exit,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            code: Code::Failed,
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            diagnostics: Vec::new(),
            spec: None,
            exit: Exit::Failed,
        }
    }

    /// Something outside the product is not there.
    pub fn missing(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            code: Code::Unavailable,
            exit: Exit::Missing,
            ..Self::new(message)
        }
        .hint(hint)
    }

    #[must_use]
    pub fn code(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Lets the diagnostics be drawn with the lines they are about.
    #[must_use]
    pub fn within(mut self, spec: &Spec) -> Self {
        self.spec = Some(Box::new(spec.clone()));
        self
    }

    #[must_use]
    pub fn because(mut self, cause: &(dyn StdError + 'static)) -> Self {
        let mut next = Some(cause);
        while let Some(cause) = next {
            self.causes.push(cause.to_string());
            next = cause.source();
        }
        self.causes.dedup();
        self
    }

    /// What `--json` prints: the problem document, led by the code.
    pub fn json(&self) -> Value {
        let mut members = Map::new();
        members.insert("code".to_owned(), serde_json::json!(self.code));
        if let Ok(Value::Object(problem)) = serde_json::to_value(self.problem()) {
            members.extend(problem);
        }
        if let Some(spec) = &self.spec
            && !self.diagnostics.is_empty()
        {
            let located = spec.located(&self.diagnostics);
            members.insert("diagnostics".to_owned(), serde_json::json!(located));
        }
        Value::Object(members)
    }

    /// The same as a problem document.
    pub fn problem(&self) -> Problem {
        let detail = std::iter::once(&self.message).chain(&self.causes);
        Problem {
            title: "Failed".to_owned(),
            status: 0,
            detail: detail.map(String::as_str).collect::<Vec<_>>().join(" "),
            hint: self.hint.clone(),
            diagnostics: self.diagnostics.clone(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut failure = Self::from(Problem::from(&error));
        if let Some(source) = error.source() {
            failure = failure.because(source);
        }
        failure
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let exit = match problem.status {
            422 => Exit::Specification,
            503 => Exit::Missing,
            _ => Exit::Failed,
        };
        Self {
            code: Code::of(problem.status),
            hint: problem.hint,
            diagnostics: problem.diagnostics,
            exit,
            ..Self::new(problem.detail)
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.causes
            .iter()
            .try_for_each(|cause| write!(f, "\n  because: {cause}"))
    }
}
