//! Schemas of a tool: raw JSON Schema 2020-12, never Rust types, so that nothing
//! of them is lost.

use serde_json::Value;

/// What a tool takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// An object schema; references as `#/$defs/NAME`.
    pub schema: Value,
    /// Every definition it reaches, sorted.
    pub definitions: Vec<String>,
    /// What is published in its place, where clients are to have it so.
    pub strict: Option<Strict>,
}

/// An input schema in the words of the strictest providers, and how arguments that
/// meet it become those that the full schema describes. Places are JSON pointers, in
/// which `*` stands for each item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Strict {
    pub schema: Value,
    /// Properties whose `null` means that they are not there.
    pub absent: Vec<String>,
    /// Texts that hold JSON.
    pub json: Vec<String>,
}

/// What a tool answers, as documentation.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// An object schema which a drifting answer still meets.
    pub schema: Value,
    /// Every definition it reaches, sorted.
    pub definitions: Vec<String>,
    /// The answer is no object and is shown as `{"result": …}`.
    pub wrapped: bool,
}
