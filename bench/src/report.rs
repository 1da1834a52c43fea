//! The figures, as tables, and where they are written.

use std::{fmt::Write as _, path::Path, time::Duration};

use anyhow::{Context as _, Result};

use crate::{
    calls::Calls,
    fastmcp,
    load::Load,
    peers::ANSWER_BYTES,
    process::QUIET,
    server::{Made, Start},
};

/// What stands around the figures in a file.
const BEGIN: &str = "<!-- written by `cargo xtask bench` -->";
const END: &str = "<!-- end of what it writes -->";

/// A specification that was given, and its server.
pub struct Specification {
    pub name: String,
    pub made: Made,
}

/// All figures of a run.
pub struct Report {
    pub machine: String,
    /// How busy it was with other things.
    pub busy: f64,
    pub load: Load,
    pub made: Vec<Made>,
    pub starts: Vec<Start>,
    pub others: Vec<Specification>,
    pub calls: Vec<Calls>,
    pub fastmcp_start: Option<Duration>,
}

impl Report {
    pub fn print(&self) {
        println!(
            "{}\n\n{}\n{}",
            self.setting(),
            self.call_table(),
            self.server_table()
        );
    }

    /// Writes the figures between their marks in the docs and the README.
    pub fn write(&self, root: &Path) -> Result<()> {
        let all = format!(
            "{}\n\n{}\n{}",
            self.setting(),
            self.call_table(),
            self.server_table()
        );
        replace(&root.join("docs/benchmarks.md"), &all)?;
        let calls = format!("{}\n\n{}", self.setting(), self.call_table());
        replace(&root.join("README.md"), &calls)
    }

    fn setting(&self) -> String {
        let busy = match self.busy > QUIET {
            true => format!(
                "; the machine was busy with other things (load {:.1})",
                self.busy
            ),
            false => String::new(),
        };
        let peer = match self.fastmcp_start {
            Some(_) => format!("FastMCP {}", fastmcp::VERSION),
            None => "FastMCP could not be measured".to_owned(),
        };
        format!(
            "{}{busy}. An answer of {ANSWER_BYTES} bytes, load by {}; {peer}.",
            self.machine, self.load
        )
    }

    fn call_table(&self) -> String {
        let mut table = String::from(
            "| the same call | p50, 1 connection | mean | × direct (middle half) | calls/s, 50 connections | server's CPU a call |\n|---|---|---|---|---|---|\n",
        );
        for calls in &self.calls {
            let cpu = calls.cpu.map_or_else(|| "–".to_owned(), micros);
            row(
                &mut table,
                [
                    calls.way.to_owned(),
                    self.p50(calls),
                    tenths_of_micros(calls.mean),
                    ratio(&calls.ratios),
                    thousands(calls.per_second),
                    cpu,
                ],
            );
        }
        table
    }

    fn p50(&self, calls: &Calls) -> String {
        match self.load {
            // wrk counts in whole ones.
            Load::Wrk(_) => micros(calls.p50),
            Load::Own => tenths_of_micros(calls.p50),
        }
    }

    fn server_table(&self) -> String {
        let mut table = String::from(
            "| a server of | generate | build, warm | binary | start until the first answer | resident then |\n|---|---|---|---|---|---|\n",
        );
        for (made, start) in self.made.iter().zip(&self.starts) {
            let mut cells = made_cells(&format!("{} operations", made.tools), made);
            cells[4] = millis(start.first_call);
            cells[5] = megabytes(start.memory);
            row(&mut table, cells);
        }
        for Specification { name, made } in &self.others {
            let name = format!("`{name}`, {} operations", made.tools);
            row(&mut table, made_cells(&name, made));
        }
        if let Some(start) = self.fastmcp_start {
            let name = format!("{} operations, by FastMCP", self.made[0].tools);
            row(
                &mut table,
                [&name, "–", "–", "–", &millis(start), "–"].map(str::to_owned),
            );
        }
        table
    }
}

fn made_cells(name: &str, made: &Made) -> [String; 6] {
    [
        name.to_owned(),
        millis(made.generate),
        millis(made.build),
        megabytes(made.size),
        "–".to_owned(),
        "–".to_owned(),
    ]
}

/// The median, and between which values half of them all are.
fn ratio(sorted: &[f64]) -> String {
    let [low, middle, high] = [1, 2, 3].map(|quarter| sorted[sorted.len() * quarter / 4]);
    match middle {
        ..10.0 => format!("{middle:.2} ({low:.2}–{high:.2})"),
        _ => format!("{middle:.0} ({low:.0}–{high:.0})"),
    }
}

fn row<const N: usize>(table: &mut String, cells: [String; N]) {
    // Writing to a string can not fail.
    let _ = writeln!(table, "| {} |", cells.join(" | "));
}

fn tenths_of_micros(time: Duration) -> String {
    match time.as_secs_f64() * 1e6 {
        short if short < 100.0 => format!("{short:.1} µs"),
        _ => micros(time),
    }
}

fn micros(time: Duration) -> String {
    format!("{} µs", thousands(time.as_secs_f64() * 1e6))
}

fn millis(time: Duration) -> String {
    match time.as_secs_f64() * 1e3 {
        short if short < 10.0 => format!("{short:.1} ms"),
        long => format!("{} ms", thousands(long)),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// A whole number with its thousands apart.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn replace(path: &Path, figures: &str) -> Result<()> {
    let text = std::fs::read_to_string(path)?;
    let marks = || format!("`{}` has no `{BEGIN}` … `{END}`", path.display());
    let (before, rest) = text.split_once(BEGIN).with_context(marks)?;
    let (_, after) = rest.split_once(END).with_context(marks)?;
    let text = format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", figures.trim_end());
    Ok(std::fs::write(path, text)?)
}
