//! How what was found in a specification is shown.

use std::fmt;

use console::Style;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use toolmill_core::{Diagnostic, Severity};

use super::excerpt::Excerpt;
use super::{counted, note};
use crate::spec::Spec;

/// How many findings are drawn beside something else; `toolmill check` draws all.
const BESIDE: usize = 20;

/// Draws findings with the lines they are about, to stderr.
pub fn show_findings<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>, spec: &Spec) {
    let handler = handler();
    for finding in findings {
        show_in(&handler, finding, spec);
    }
}

/// Like [`show_findings`], but no more than fit beside other news.
pub fn show_some_findings<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>, spec: &Spec) {
    let mut findings = findings.into_iter();
    show_findings(findings.by_ref().take(BESIDE), spec);
    let more = findings.count();
    if more > 0 {
        let more = counted(more, "more finding");
        note(format!("{more}: `toolmill check` shows all."));
    }
}

fn show_in(handler: &GraphicalReportHandler, finding: &Diagnostic, spec: &Spec) {
    let (spec, finding) = spec.locate(finding);
    let finding = &finding;
    let Some(excerpt) = Excerpt::new(spec, finding) else {
        return show_line(&format!("{}:", spec.name), finding);
    };
    let mut text = String::new();
    match handler.render_report(&mut text, &Drawn { finding, excerpt }) {
        Ok(()) => note(text.trim_end()),
        Err(fmt::Error) => show_diagnostic(finding),
    }
}

fn handler() -> GraphicalReportHandler {
    let theme = match (
        console::colors_enabled_stderr(),
        console::Term::stderr().is_term(),
    ) {
        (true, _) => GraphicalTheme::unicode(),
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (false, false) => GraphicalTheme::none(),
    };
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .without_syntax_highlighting()
}

/// One finding on one line, where its text is not at hand.
pub fn show_diagnostic(diagnostic: &Diagnostic) {
    show_line("", diagnostic);
}

/// With the file that it is about.
fn show_line(file: &str, diagnostic: &Diagnostic) {
    let (style, word) = match diagnostic.severity {
        Severity::Error => (Style::new().red(), "error"),
        Severity::Warning => (Style::new().yellow(), "warning"),
    };
    note(format!(
        "{file}{}:{}: {}[{}] {}  ({})",
        diagnostic.line,
        diagnostic.column,
        style.for_stderr().apply_to(word),
        diagnostic.code,
        diagnostic.message,
        if diagnostic.pointer.is_empty() {
            "the document"
        } else {
            &diagnostic.pointer
        },
    ));
    if let Some(hint) = &diagnostic.hint {
        note(format!("    {hint}"));
    }
}

/// A finding as miette takes it.
#[derive(Debug)]
struct Drawn<'a> {
    finding: &'a Diagnostic,
    excerpt: Excerpt,
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.finding.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.finding.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let hint = self.finding.hint.as_ref()?;
        Some(Box::new(hint))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let pointer = &self.finding.pointer;
        let label = (!pointer.is_empty()).then(|| pointer.clone());
        let label = LabeledSpan::new_primary_with_span(label, self.excerpt.span);
        Some(Box::new(std::iter::once(label)))
    }
}
