//! `toolmill check SPEC`: what is wrong with a specification, and what comes of it.

use serde_json::json;
use toolmill_core::Severity;
use toolmill_generator::{Diagnostics, Linted, Verdict, ir::Api, lint, manifest};

use super::Context;
use super::generate::lower;
use crate::args::{Check, Source};
use crate::document::open;
use crate::failure::{Code, Exit, Failure, Result};
use crate::spec::Spec;
use crate::ui::{self, counted};

pub async fn check(context: &Context, args: Check) -> Result<()> {
    let Checked {
        spec,
        lowered,
        found,
        clients,
        unusable,
    } = read(context, &args.source).await?;
    let tools = lowered.as_ref().map_or(0, |api| api.tools.len());
    let count = |severity| found.of(severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if context.json {
        ui::json(&json!({
            "usable": tools > 0,
            "title": lowered.as_ref().map(|api| &api.title),
            "version": lowered.as_ref().map(|api| &api.version),
            "tools": tools,
            "errors": errors,
            "warnings": warnings,
            "clients": clients,
            "diagnostics": spec.located(&found),
        }));
    } else {
        ui::show_findings(&found, &spec);
        ui::say(summary(&spec, tools, errors, warnings));
        for line in clients.iter().filter_map(verdict) {
            ui::say(line);
        }
    }
    if tools > 0 {
        return Ok(());
    }
    let message = unusable.unwrap_or_else(|| "The specification makes no tool.".to_owned());
    Err(Failure {
        exit: Exit::Specification,
        ..Failure::new(message).code(Code::UnusableSpecification)
    })
}

struct Checked {
    /// The text that was found fault with.
    spec: Spec,
    lowered: Option<Api>,
    found: Diagnostics,
    /// What clients would make of the tools.
    clients: Vec<Verdict>,
    /// Why there is no API at all.
    unusable: Option<String>,
}

async fn read(context: &Context, source: &Source) -> Result<Checked> {
    let limits = context.limits()?.specification;
    let done = match open(source, limits).await {
        Ok(opened) => lower(&opened, None, None, source).map(|(lowered, _)| {
            let Linted {
                diagnostics,
                clients,
            } = lint(&manifest(&lowered.api), &opened.document);
            let all = lowered.diagnostics.into_iter().chain(diagnostics);
            Checked {
                spec: opened.spec,
                lowered: Some(lowered.api),
                found: Diagnostics::new(all.collect()),
                clients,
                unusable: None,
            }
        }),
        Err(failure) => Err(failure),
    };
    done.or_else(|failure| match failure {
        Failure {
            spec: Some(spec),
            diagnostics,
            message,
            ..
        } if !diagnostics.is_empty() => Ok(Checked {
            spec: *spec,
            lowered: None,
            found: Diagnostics::new(diagnostics),
            clients: Vec::new(),
            unusable: Some(message),
        }),
        other => Err(other),
    })
}

fn summary(spec: &Spec, tools: usize, errors: usize, warnings: usize) -> String {
    format!(
        "{}: {}, {}, {}.",
        spec.name,
        counted(tools, "tool"),
        counted(errors, "error"),
        counted(warnings, "warning")
    )
}

/// What one client would make of the tools, where that is not all they are.
fn verdict(
    Verdict {
        client,
        refused,
        limited,
    }: &Verdict,
) -> Option<String> {
    match (refused.len(), limited.len()) {
        (0, 0) => None,
        (0, limited) => Some(format!(
            "{client} shows less of {}.",
            counted(limited, "tool")
        )),
        (refused, _) => Some(format!("{client} refuses {}.", counted(refused, "tool"))),
    }
}
