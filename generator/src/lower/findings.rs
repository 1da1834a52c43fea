//! Findings while they are made: each names the value it is about, and learns
//! its JSON pointer only at the end, in one walk over the document.

use std::collections::HashMap;
use std::fmt::Write;

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
        let mut places = self
            .found
            .iter()
            .map(|finding| (std::ptr::from_ref(finding.node), None))
            .collect();
        let mut walk = Walk {
            places: &mut places,
            pointer: String::new(),
        };
        walk.node(&document.root, document.root.at);
        let mut diagnostics: Vec<_> = self
            .found
            .into_iter()
            .map(|finding| diagnostic(finding, &places))
            .collect();
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

type Places = HashMap<*const Node, Option<(String, Position)>>;

fn diagnostic(finding: Finding<'_>, places: &Places) -> Diagnostic {
    let Finding {
        node,
        code,
        severity,
        message,
        hint,
    } = finding;
    let place = places.get(&std::ptr::from_ref(node)).cloned().flatten();
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

struct Walk<'a> {
    places: &'a mut Places,
    pointer: String,
}

impl Walk<'_> {
    /// Recursion is bounded by the document's depth limit.
    fn node(&mut self, node: &Node, at: Position) {
        if let Some(place @ None) = self.places.get_mut(&std::ptr::from_ref(node)) {
            *place = Some((self.pointer.clone(), at));
        }
        let length = self.pointer.len();
        match &node.value {
            Value::Object(object) => {
                for (key, member) in &**object {
                    let _ = write!(
                        self.pointer,
                        "/{}",
                        key.replace('~', "~0").replace('/', "~1")
                    );
                    // A container is found by its key, a scalar by itself.
                    let container = matches!(member.node.value, Value::Object(_) | Value::Array(_));
                    self.node(
                        &member.node,
                        if container {
                            member.key_at
                        } else {
                            member.node.at
                        },
                    );
                    self.pointer.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let _ = write!(self.pointer, "/{index}");
                    self.node(item, item.at);
                    self.pointer.truncate(length);
                }
            }
            _ => {}
        }
    }
}
