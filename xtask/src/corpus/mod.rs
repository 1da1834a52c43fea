//! Real specifications, written by others: does calling each tool make the request that its
//! specification describes, and does each generated crate pass its own tests?
//!
//! The specifications and the evaluator are no part of this repository (their licences are their
//! sources'); they are looked for in `TOOLMILL_SHARED`, `../shared` unless it is set.

mod crates;
mod evaluate;
mod index;
mod inspect;
mod page;
mod python;
mod verdicts;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use evaluate::{Evaluation, Product};
use verdicts::Verdicts;

/// What a change is checked with: small, and of every version.
const SAMPLE: &str =
    "PagerDuty|higress|letmc|invocable|opendatasoft|Redocly|notion|openfga|circular";
/// The least share of correct operations, in percent, of 2.0 and of 3.x each.
const LEAST_CORRECT: f64 = 99.5;

#[derive(Args)]
pub struct Corpus {
    /// All specifications and all operations, FastMCP beside, and docs/corpus.md written anew.
    #[arg(long)]
    all: bool,
    /// Only specifications whose name this regular expression finds; writes no page.
    #[arg(long, value_name = "REGEX", conflicts_with = "all")]
    only: Option<String>,
    /// A built `toolmill` [default: one that is built now, with `--release`].
    #[arg(long, value_name = "FILE")]
    toolmill: Option<PathBuf>,
    /// Take what FastMCP made of the specifications from the run before.
    #[arg(long, requires = "all")]
    keep_peer: bool,
}

/// Where everything is found and kept.
struct Places {
    root: PathBuf,
    shared: PathBuf,
    /// Results, crates and their target folder.
    work: PathBuf,
    toolmill: PathBuf,
}

pub fn corpus(args: &Corpus) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let shared =
        std::env::var_os("TOOLMILL_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    if !shared.join("evaluator").is_dir() {
        let wanted = args.all || args.only.is_some();
        ensure!(!wanted, "there is no `{}/evaluator`", shared.display());
        println!(
            "*** NOT RUN: there is no `{}/evaluator` (set TOOLMILL_SHARED).",
            shared.display()
        );
        println!("*** Nothing was measured against real specifications.");
        return Ok(());
    }
    let places = Places {
        shared: shared.canonicalize()?,
        work: target(&root).join("corpus"),
        toolmill: match &args.toolmill {
            Some(file) => file.canonicalize()?,
            None => built(&root)?,
        },
        root,
    };
    fs::create_dir_all(&places.work)?;
    measure(args, &places)
}

/// Puts the comparison between its marks.
fn readme(file: &Path, page: &page::Page<'_>) -> Result<()> {
    const BEGIN: &str = "<!-- written by `cargo xtask corpus --all` -->";
    const END: &str = "<!-- end of what it writes -->";
    let text = fs::read_to_string(file)?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) =
        parts.with_context(|| format!("the README has no `{BEGIN}` … `{END}`"))?;
    let table = page.comparison();
    Ok(fs::write(
        file,
        format!("{before}{BEGIN}\n\n{table}\n{END}{after}"),
    )?)
}

fn measure(args: &Corpus, places: &Places) -> Result<()> {
    let everything = args.all.then_some(".");
    let only = everything.or(args.only.as_deref()).unwrap_or(SAMPLE);
    let python = python::prepare(&places.work, args.all)?;
    let verdicts = Verdicts::read()?;
    let ours = evaluate::run(Product::Toolmill, &python, places, only, false)?;
    summarize(&ours, &verdicts);
    let crates = crates::check(places, &index::read(&places.shared, only)?)?;
    let inspected = inspect::run(places, only)?;
    if args.all {
        let peer = evaluate::run(Product::FastMcp, &python, places, only, args.keep_peer)?;
        let page = page::Page {
            ours: &ours,
            peer: &peer,
            crates: &crates,
            inspected: &inspected,
            verdicts: &verdicts,
        };
        let file = places.root.join("docs/corpus.md");
        fs::write(&file, page.to_string()).with_context(|| file.display().to_string())?;
        readme(&places.root.join("README.md"), &page)?;
        println!("`docs/corpus.md` and the README are written.");
    }
    enough(&ours, &crates, &inspected)
}

fn summarize(ours: &Evaluation, verdicts: &Verdicts) {
    for failure in &ours.failures {
        let excused = verdicts
            .reason(failure)
            .map_or("", |_| " (the evaluator's fault)");
        println!("{failure}{excused}");
    }
    for (version, score) in ours.scores() {
        println!(
            "{version}: {} of {} specifications start, {} of {} operations are correct ({:.2} %)",
            score.started,
            score.specs,
            score.correct,
            score.testable,
            score.percent()
        );
    }
}

/// # Errors
/// Where something is worse than it may be.
fn enough(
    ours: &Evaluation,
    crates: &[crates::Checked],
    inspected: &[inspect::Inspected],
) -> Result<()> {
    let mut worse = Vec::new();
    for (version, score) in ours.scores() {
        if score.started < score.specs || score.percent() < LEAST_CORRECT {
            worse.push(format!("{version}: {:.2} % are correct", score.percent()));
        }
    }
    let unjudged = ours
        .rows
        .iter()
        .filter(|row| row.cut > 0 || row.evaluator_error.is_some());
    worse.extend(unjudged.map(|row| format!("{} was not judged whole", row.spec)));
    let broken = crates.iter().filter(|checked| checked.fault.is_some());
    worse.extend(broken.map(|checked| format!("the crate of {} fails", checked.name)));
    let refused = inspected.iter().filter(|inspected| !inspected.is_clean());
    worse.extend(refused.map(|inspected| format!("the inspector refuses {}", inspected.spec)));
    ensure!(!ours.rows.is_empty(), "no specification was measured");
    ensure!(worse.is_empty(), "{}", worse.join("\n"));
    Ok(())
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

fn built(root: &Path) -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--release", "--package", "toolmill"])
        .current_dir(root);
    succeed(&mut cargo)?;
    Ok(target(root).join("release/toolmill"))
}

/// Runs a command to its end.
///
/// # Errors
/// Where it cannot be run, or fails.
fn succeed(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("`{name}` cannot be run"))?;
    if !status.success() {
        bail!("`{name}` failed: {status}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_keeps_what_is_around_the_figures() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("README.md");
        let marked =
            "<!-- written by `cargo xtask corpus --all` -->\nold\n<!-- end of what it writes -->";
        fs::write(&file, format!("before\n{marked}\nafter\n"))?;
        let none = Evaluation {
            rows: Vec::new(),
            failures: Vec::new(),
        };
        let page = page::Page {
            ours: &none,
            peer: &none,
            crates: &[],
            inspected: &[],
            verdicts: &Verdicts::read()?,
        };
        readme(&file, &page)?;
        let text = fs::read_to_string(&file)?;
        assert!(text.starts_with("before\n<!--") && text.ends_with("-->\nafter\n"));
        assert!(text.contains("\n| **Toolmill** |") && !text.contains("old"));
        fs::write(&file, "no marks")?;
        assert!(readme(&file, &page).is_err());
        Ok(())
    }
}
