//! Findings while they are made: each names the value it is about, and learns
//! its JSON pointer only at the end, in one walk over the author's document.

use std::collections::HashMap;

use toolmill_core::{Diagnostic, Severity};

use crate::diagnostic::Diagnostics;
use crate::document::{Document, Node, Position, Value};

#[derive(Debug)]
pub struct Finding<'d> {
    pub node: &'d Node,
    pub code: &'static str,
    pub severity: Severity,
    pub message: String,
    pub hint: &'static str,
}

impl<'d> Finding<'d> {
    pub fn error(node: &'d Node, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            node,
            code,
            severity: Severity::Error,
            message: message.into(),
            hint: "",
        }
    }

    pub fn warning(node: &'d Node, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(node, code, message)
        }
    }

    pub fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }
}

/// More findings than anybody reads say nothing more.
const MAX: usize = 1_000;

#[derive(Debug, Default)]
pub struct Findings<'d> {
    found: Vec<Finding<'d>>,
    beyond: usize,
}

impl<'d> Findings<'d> {
    pub fn add(&mut self, finding: Finding<'d>) {
        // An error is never crowded out by warnings: it says what is missing from the output.
        if self.found.len() < MAX
            || finding.severity == Severity::Error && self.found.len() < 4 * MAX
        {
            self.found.push(finding);
        } else {
            self.beyond += 1;
        }
    }

    /// Diagnostics with the pointers of what they are about.
    pub fn resolve(self, document: &Document) -> Diagnostics {
        let wanted = self.found.iter().map(|finding| finding.node.at);
        let places = places(document, wanted.collect());
        let diagnostics = self
            .found
            .into_iter()
            .map(|finding| diagnostic(finding, &places));
        let mut diagnostics: Vec<_> = diagnostics.collect();
        if self.beyond > 0 {
            diagnostics.push(Diagnostic {
                code: "more-findings".to_owned(),
                severity: Severity::Warning,
                pointer: String::new(),
                line: u32::MAX,
                column: 1,
                message: format!("There are {} more findings than shown.", self.beyond),
                hint: None,
            });
        }
        Diagnostics::new(diagnostics)
    }
}

fn diagnostic(finding: Finding<'_>, places: &Places) -> Diagnostic {
    let Finding {
        node,
        code,
        severity,
        message,
        hint,
    } = finding;
    let place = places.get(&node.at).cloned();
    let (pointer, at) = place.unwrap_or_else(|| (String::new(), node.at));
    Diagnostic {
        code: code.to_owned(),
        severity,
        pointer,
        line: at.line,
        column: at.column,
        message,
        hint: (!hint.is_empty()).then(|| hint.to_owned()),
    }
}

/// The pointers of nodes by where they stand, and where to look for them.
type Places = HashMap<Position, (String, Position)>;

/// What stands at the `wanted` places, each by the first way that leads to it. A
/// place and not a node is looked for, since normalised nodes are not in the
/// document itself, but stand where something in it does.
fn places(document: &Document, mut wanted: Vec<Position>) -> Places {
    wanted.sort_unstable();
    wanted.dedup();
    let mut walk = Walk {
        wanted: &wanted,
        way: Vec::new(),
        places: Places::new(),
    };
    if !wanted.is_empty() {
        walk.node(&document.root, document.root.at);
    }
    walk.places
}

struct Walk<'a> {
    /// Sorted.
    wanted: &'a [Position],
    /// From the root to the current node.
    way: Vec<Step<'a>>,
    places: Places,
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Walk<'a> {
    /// Recursion is bounded by the document's depth limit.
    fn node(&mut self, node: &'a Node, at: Position) {
        if self.wanted.binary_search(&node.at).is_ok() && !self.places.contains_key(&node.at) {
            self.places.insert(node.at, (self.pointer(), at));
        }
        match &node.value {
            Value::Object(object) => {
                for (key, member) in &**object {
                    // A container is found by its key, a scalar by itself.
                    let container = matches!(member.node.value, Value::Object(_) | Value::Array(_));
                    let at = if container {
                        member.key_at
                    } else {
                        member.node.at
                    };
                    self.step(Step::Key(key), &member.node, at);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.step(Step::Index(index), item, item.at);
                }
            }
            _ => {}
        }
    }

    fn step(&mut self, step: Step<'a>, node: &'a Node, at: Position) {
        self.way.push(step);
        self.node(node, at);
        self.way.pop();
    }

    fn pointer(&self) -> String {
        let segment = |step: &Step<'_>| match step {
            Step::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => format!("/{index}"),
        };
        self.way.iter().map(segment).collect()
    }
}
