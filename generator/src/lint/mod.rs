//! What clients and model providers would make of the finished tools.
//!
//! Many of them refuse a whole list for one tool, and say so late or not at all. Here
//! every tool is held against what each of them is known to refuse, or to show less of.

mod client;
mod place;
mod rules;
mod strict;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use toolmill_core::{Diagnostic, Manifest, Severity, Tool};

pub use client::Client;

use crate::diagnostic::Diagnostics;
use crate::document::Document;
use crate::text;
use place::Place;

/// What came of it: for people as diagnostics, and for each client which tools it minds.
#[derive(Clone, Debug)]
pub struct Linted {
    pub diagnostics: Diagnostics,
    pub clients: Vec<Verdict>,
}

/// What one client would make of the tools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub client: Client,
    /// Names of the tools that it takes not at all, or whose list it doesn't.
    pub refused: Vec<String>,
    /// Names of those of which it shows or uses less.
    pub limited: Vec<String>,
}

/// Something that some clients mind.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Objection {
    code: &'static str,
    clients: &'static [Client],
    refused: bool,
    /// Follows "`name`: ".
    reason: String,
}

impl Objection {
    fn refused(code: &'static str, clients: &'static [Client], reason: impl Into<String>) -> Self {
        Self {
            code,
            clients,
            refused: true,
            reason: reason.into(),
        }
    }

    fn limited(code: &'static str, clients: &'static [Client], reason: impl Into<String>) -> Self {
        Self {
            refused: false,
            ..Self::refused(code, clients, reason)
        }
    }
}

/// Holds the tools of `manifest`, which were made of `document`, against every client.
#[must_use]
pub fn lint(manifest: &Manifest, document: &Document) -> Linted {
    let mut found = Vec::new();
    for tool in &manifest.tools {
        let listed = manifest.listing(tool).map(Value::Object);
        let listed = listed.unwrap_or_default();
        let bytes = listed_bytes(manifest, tool);
        let objections = rules::of_tool(&manifest.api.slug, &listed, bytes);
        let strict = tool.strict.as_ref().map(|_| strict::of_tool(&listed));
        let all = objections.into_iter().chain(strict.into_iter().flatten());
        found.extend(all.map(|objection| (tool, objection)));
    }
    let mut diagnostics = tool_diagnostics(&found, document);
    diagnostics.extend(rules::of_list(manifest, document));
    Linted {
        diagnostics: Diagnostics::new(diagnostics),
        clients: verdicts(manifest, &found),
    }
}

/// About how many bytes a tool takes in a list.
fn listed_bytes(manifest: &Manifest, tool: &Tool) -> usize {
    let definitions = tool.input_defs.iter().chain(&tool.output_defs);
    let shared =
        definitions.filter_map(|name| Some(name.len() + manifest.defs.get(name)?.get().len()));
    let output = tool
        .output_schema
        .as_ref()
        .map_or(0, |schema| schema.get().len());
    tool.description.len() + tool.input_schema.get().len() + output + shared.sum::<usize>()
}

/// A diagnostic for each refusal, and one for all tools of which clients show less for
/// the same reason.
fn tool_diagnostics(found: &[(&Tool, Objection)], document: &Document) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut limited: BTreeMap<&str, Vec<&(&Tool, Objection)>> = BTreeMap::new();
    for one in found {
        let (tool, objection) = one;
        if objection.refused {
            let message = format!(
                "`{}` would be refused by {}: {}.",
                tool.name,
                in_words(objection.clients),
                objection.reason
            );
            diagnostics.push(at(Place::of(document, tool), objection.code, message));
        } else {
            limited.entry(objection.code).or_default().push(one);
        }
    }
    for (code, all) in limited {
        let (tool, first) = all[0];
        let more = match all.len() - 1 {
            0 => String::new(),
            1 => " and of another tool".to_owned(),
            more => format!(" and of {more} other tools"),
        };
        let message = format!(
            "{} would show less of `{}`{more}: {}.",
            in_words(first.clients),
            tool.name,
            first.reason
        );
        diagnostics.push(at(Place::of(document, tool), code, message));
    }
    diagnostics
}

fn at(place: Place, code: &str, message: String) -> Diagnostic {
    Diagnostic {
        code: code.to_owned(),
        severity: Severity::Warning,
        pointer: place.pointer,
        line: place.at.line,
        column: place.at.column,
        message: text::line(&message, 500),
        hint: None,
    }
}

fn verdicts(manifest: &Manifest, found: &[(&Tool, Objection)]) -> Vec<Verdict> {
    let is_strict = manifest.tools.iter().any(|tool| tool.strict.is_some());
    let asked = |client: &Client| *client != Client::Strict || is_strict;
    let names = |client: Client, refused: bool| {
        let minded = found.iter().filter(|(_, objection)| {
            objection.refused == refused && objection.clients.contains(&client)
        });
        let mut names: Vec<_> = minded.map(|(tool, _)| tool.name.clone()).collect();
        names.dedup();
        names
    };
    let verdict = |client| Verdict {
        client,
        refused: names(client, true),
        limited: names(client, false),
    };
    Client::ALL.into_iter().filter(asked).map(verdict).collect()
}

fn in_words(clients: &[Client]) -> String {
    let names: Vec<_> = clients.iter().map(|client| client.as_str()).collect();
    match names.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        names => names.concat(),
    }
}
