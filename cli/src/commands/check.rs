//! `toolmill check SPEC`: what is wrong with a specification, and what comes of it.

use serde_json::json;
use toolmill_core::Severity;
use toolmill_generator::{Diagnostics, Lowered};

use super::Context;
use super::generate::lower;
use crate::args::Check;
use crate::failure::{Exit, Failure, Result};
use crate::spec::Spec;
use crate::{spec, ui};

pub async fn check(context: &Context, args: Check) -> Result<()> {
    let spec = spec::read(&args.source.spec).await?;
    let (lowered, found) = match lower(&spec, None, None, &args.source) {
        Ok((Lowered { api, diagnostics }, _)) => (Some(api), diagnostics),
        Err(failure) if failure.diagnostics.is_empty() => return Err(failure),
        Err(failure) => (None, Diagnostics::new(failure.diagnostics)),
    };
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
            "diagnostics": found,
        }));
    } else {
        ui::show_findings(&found, &spec);
        ui::say(summary(&spec, tools, errors, warnings));
    }
    if tools > 0 {
        return Ok(());
    }
    Err(Failure {
        exit: Exit::Specification,
        ..Failure::new("The specification makes no tool.")
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

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
