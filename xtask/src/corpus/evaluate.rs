//! Tool calls on real specifications, judged by the evaluator.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::{Places, succeed};

/// No operation may be left out for want of time.
const CALL_SECONDS: &str = "36000";
const LIST_SECONDS: &str = "600";
const SPEC_SECONDS: &str = "7200";

#[derive(Clone, Copy)]
pub enum Product {
    Toolmill,
    FastMcp,
}

/// What came of one product on many specifications.
pub struct Evaluation {
    pub rows: Vec<Row>,
    pub failures: Vec<Failure>,
}

/// One specification, as the evaluator reports it.
#[derive(Deserialize)]
pub struct Row {
    pub spec: String,
    pub version: Option<String>,
    pub started: bool,
    /// Operations that arguments could be made for, and those whose every request was right.
    pub testable: u32,
    pub correct: u32,
    pub skipped: u32,
    pub cut: u32,
    pub evaluator_error: Option<String>,
}

/// One operation whose calls made no or a wrong request.
pub struct Failure {
    pub spec: String,
    pub operation: String,
    pub causes: BTreeSet<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let causes: Vec<_> = self.causes.iter().map(String::as_str).collect();
        write!(
            f,
            "{}: `{}`: {}",
            self.spec,
            self.operation,
            causes.join("; ")
        )
    }
}

/// Sums over the specifications of one version.
#[derive(Default)]
pub struct Score {
    pub specs: u32,
    pub started: u32,
    pub testable: u32,
    pub correct: u32,
}

impl Score {
    pub fn percent(&self) -> f64 {
        100.0 * f64::from(self.correct) / f64::from(self.testable.max(1))
    }
}

impl Row {
    pub fn is_swagger(&self) -> bool {
        self.version
            .as_deref()
            .is_some_and(|version| version.starts_with('2'))
    }
}

impl Evaluation {
    /// By version, `2.0` and `3.x`.
    pub fn scores(&self) -> BTreeMap<&'static str, Score> {
        let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
        for row in &self.rows {
            let version = if row.is_swagger() { "2.0" } else { "3.x" };
            let score = scores.entry(version).or_default();
            score.specs += 1;
            score.started += u32::from(row.started);
            score.testable += row.testable;
            score.correct += row.correct;
        }
        scores
    }
}

/// Runs the evaluator over the specifications whose name `only` finds.
///
/// # Errors
/// Where the evaluator fails, or could not judge a specification.
pub fn run(
    product: Product,
    python: &Path,
    places: &Places,
    only: &str,
    keep: bool,
) -> Result<Evaluation> {
    let folder = places.work.join(product.as_str());
    if !keep && folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    // What all servers share is compiled once, and not for each of them.
    let cache = std::env::var_os("TOOLMILL_CACHE_DIR");
    let cache = cache.map_or_else(|| places.work.join("cache"), PathBuf::from);
    let evaluator = places.shared.join("evaluator");
    let mut command = Command::new(python);
    command
        .arg(evaluator.join("run.py"))
        .arg(product.as_str())
        .arg(places.shared.join("corpus/index.json"))
        .arg(&folder)
        .args([
            "--only",
            only,
            "--jobs",
            "2",
            "--external",
            "--timeout",
            SPEC_SECONDS,
        ])
        .env("CALL_LIMIT_S", CALL_SECONDS)
        .env("LIST_LIMIT_S", LIST_SECONDS)
        .env("PRODUCT_CMD", server(&places.toolmill))
        .env("PRODUCT_HINTS", hints()?)
        .env("TOOLMILL_CACHE_DIR", cache);
    succeed(&mut command)?;
    let report = folder.with_extension("report");
    succeed(
        Command::new(python)
            .arg(evaluator.join("report.py"))
            .arg(&folder)
            .arg("--json")
            .arg(&report),
    )?;
    read(&folder, &report)
}

/// How a server is started. HEAD and OPTIONS make tools where a rule asks for methods.
fn server(toolmill: &Path) -> String {
    format!(
        "{} run {{spec}} --base-url {{base_url}} --credentials {{creds_file}} --port {{port}} \
         --data-dir {{workdir}}/data --include 'method=*'",
        toolmill.display()
    )
}

/// How the evaluator learns which tool serves which operation.
fn hints() -> Result<String> {
    let own = std::env::current_exe()?;
    Ok(format!("{} tools {{spec}}", own.display()))
}

fn read(folder: &Path, report: &Path) -> Result<Evaluation> {
    #[derive(Deserialize)]
    struct Report {
        rows: Vec<Row>,
    }
    let reports: Vec<Report> = serde_json::from_slice(&fs::read(report)?)?;
    let rows = reports.into_iter().flat_map(|report| report.rows).collect();
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut failures = Vec::new();
    for file in files {
        failures.extend(failed(&file).with_context(|| file.display().to_string())?);
    }
    Ok(Evaluation { rows, failures })
}

fn failed(file: &Path) -> Result<Vec<Failure>> {
    let spec = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let result: Value = serde_json::from_slice(&fs::read(file)?)?;
    let operations = result["ops"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let failure = |operation: &Value| Failure {
        spec: spec.clone(),
        operation: operation["op"].as_str().unwrap_or_default().to_owned(),
        causes: causes(operation),
    };
    let tested = operations
        .iter()
        .filter(|operation| operation.get("skipped").is_none());
    Ok(tested
        .map(failure)
        .filter(|failure| !failure.causes.is_empty())
        .collect())
}

fn causes(operation: &Value) -> BTreeSet<String> {
    if operation.get("not_started").is_some() {
        return BTreeSet::from(["the server does not start".to_owned()]);
    }
    if operation.get("unmatched").is_some() {
        return BTreeSet::from(["no tool for the operation".to_owned()]);
    }
    let sets = operation["sets"].as_array().into_iter().flatten();
    let faults = sets.flat_map(|set| [&set["bad"], &set["auth"]]);
    faults
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|fault| fault[0].as_str().map(str::to_owned))
        .collect()
}

impl Product {
    /// As the evaluator calls it.
    fn as_str(self) -> &'static str {
        match self {
            Product::Toolmill => "shell",
            Product::FastMcp => "fastmcp",
        }
    }
}
