//! docs/corpus.md.

use std::fmt::{self, Display, Formatter};

use super::crates::Checked;
use super::evaluate::{Evaluation, Failure, Row};
use super::inspect::Inspected;
use super::verdicts::Verdicts;

const HEAD: &str = "\
# Real specifications

What Toolmill does with 46 specifications that others wrote. For every operation, valid arguments are made three
ways (what is required, everything, odd values), the tool is called through `toolmill run`, and the raw request that
arrives is judged against the specification: an operation is *correct* where every request is, credentials included.
Of the first two products below no operation is sampled, and none is cut for time. HEAD and OPTIONS, which are no
tools unless asked for, are asked for (`--include 'method=*'`).

The specifications and the evaluator are no part of this repository. Where they are there, `cargo xtask corpus --all`
writes this page.
";

const EACH: &str = "\
## Each specification

- *left out*: operations that the evaluator can make no arguments for, or that refer to files which are not there;
- *generated in*: from the file to the crate's files, the program's start included, on a busy machine;
- *crate*: it compiles without a warning of rustc and clippy, and passes its own tests, one request for each tool;
- *laid out*: source files that rustfmt would lay out otherwise ([why](generated-crate.md#layout)), of all;
- *inspector*: `@modelcontextprotocol/inspector --strict` accepts the list of tools.

| specification | version | tools | judged | left out | correct | FastMCP | generated in | crate | laid out | inspector |
|---|---|---|---|---|---|---|---|---|---|---|";

/// Figures of others that this run does not measure, on at most 30 operations a specification.
const OTHERS: [(&str, &str, &str); 2] = [
    ("openapi-mcp-generator 4.0.1", "83.5", "4.0"),
    ("rmcp-openapi-server 0.32.1", "19.3", "0.0"),
];

pub struct Page<'a> {
    pub ours: &'a Evaluation,
    pub peer: &'a Evaluation,
    pub crates: &'a [Checked],
    pub inspected: &'a [Inspected],
    pub verdicts: &'a Verdicts,
}

impl Display for Page<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}")?;
        self.totals(f)?;
        self.failures(f)?;
        self.table(f)
    }
}

impl Page<'_> {
    /// What the README shows: the products that the evaluator was run on.
    pub fn comparison(&self) -> impl Display {
        fmt::from_fn(|f| {
            writeln!(
                f,
                "| | 3.x: start | operations | correct | 2.0: start | operations | correct |"
            )?;
            writeln!(f, "|---|---|---|---|---|---|---|")?;
            line(f, "**Toolmill**", self.ours)?;
            line(f, "FastMCP 4.1.2, same operations", self.peer)
        })
    }

    fn totals(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.comparison())?;
        for (name, later, swagger) in OTHERS {
            writeln!(f, "| {name} | | | {later} % | | | {swagger} % |")?;
        }
        writeln!(
            f,
            "\nThe last two are from an earlier measurement, of at most 30 operations of each specification.\n"
        )
    }

    fn failures(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (excused, real): (Vec<_>, Vec<_>) = self
            .ours
            .failures
            .iter()
            .partition(|failure| self.verdicts.reason(failure).is_some());
        writeln!(f, "## What is not correct\n")?;
        if real.is_empty() {
            writeln!(f, "Nothing, but for what the evaluator itself gets wrong.")?;
        }
        for failure in real {
            writeln!(f, "- {failure}")?;
        }
        writeln!(f, "\n## Where the evaluator is wrong\n")?;
        writeln!(
            f,
            "{} operations count as wrong above, and are right:\n",
            excused.len()
        )?;
        for (reason, failures) in by_reason(&excused, self.verdicts) {
            let operations: Vec<_> = failures
                .iter()
                .map(|failure| format!("`{}`", failure.operation))
                .collect();
            let spec = &failures[0].spec;
            writeln!(f, "- {spec}, {}: {reason}", operations.join(", "))?;
        }
        writeln!(f)
    }

    fn table(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{EACH}")?;
        for row in &self.ours.rows {
            self.row(f, row)?;
        }
        Ok(())
    }

    fn row(&self, f: &mut Formatter<'_>, row: &Row) -> fmt::Result {
        let peer = self.peer.rows.iter().find(|peer| peer.spec == row.spec);
        let peer = match peer {
            Some(peer) if peer.started => peer.correct.to_string(),
            _ => "does not start".to_owned(),
        };
        let checked = self.crates.iter().find(|checked| checked.name == row.spec);
        let inspected = self
            .inspected
            .iter()
            .find(|inspected| inspected.spec == row.spec);
        let version = row.version.as_deref().unwrap_or("?");
        write!(f, "| {} | {version} | ", row.spec)?;
        match checked {
            Some(checked) => write!(f, "{} ", checked.tools)?,
            None => write!(f, " ")?,
        }
        write!(
            f,
            "| {} | {} | {} | {peer} ",
            row.testable, row.skipped, row.correct
        )?;
        match checked {
            Some(checked) => {
                let millis = checked.generated.as_millis();
                let (fine, odd, all) = (
                    mark(checked.fault.is_none()),
                    checked.unformatted,
                    checked.sources,
                );
                write!(f, "| {millis} ms | {fine} | {odd} of {all} ")?;
            }
            None => write!(f, "| | | ")?,
        }
        writeln!(
            f,
            "| {} |",
            mark(inspected.is_some_and(Inspected::is_clean))
        )
    }
}

fn line(f: &mut Formatter<'_>, name: &str, evaluation: &Evaluation) -> fmt::Result {
    write!(f, "| {name} ")?;
    for (_, score) in evaluation.scores().into_iter().rev() {
        let (started, specs) = (score.started, score.specs);
        write!(
            f,
            "| {started} of {specs} | {} | {:.2} % ",
            score.testable,
            score.percent()
        )?;
    }
    writeln!(f, "|")
}

fn by_reason<'a>(
    failures: &[&'a Failure],
    verdicts: &'a Verdicts,
) -> Vec<(&'a str, Vec<&'a Failure>)> {
    let mut found: Vec<(&str, Vec<&Failure>)> = Vec::new();
    for failure in failures {
        let reason = verdicts.reason(failure).unwrap_or_default();
        match found.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, same)) => same.push(failure),
            None => found.push((reason, vec![failure])),
        }
    }
    found
}

fn mark(is_fine: bool) -> &'static str {
    if is_fine { "yes" } else { "**no**" }
}
