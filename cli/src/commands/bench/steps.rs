//! From a specification to the first answer.

use serde_json::{Map, Value, json};
use toolmill_core::Step;

use super::children::{Setting, Started, Upstream, start, upstream};
use crate::failure::Result;
use crate::ui::{self, Table};

/// Seconds of each step of one `up`, and from its spawn until it was ready.
pub type Seconds = Map<String, Value>;

/// With nothing compiled: an empty cache and an empty data directory.
pub async fn cold(setting: &Setting) -> Result<Seconds> {
    let upstream = upstream(setting).await?;
    let cache = setting.folder.join("cold-cache");
    let started = up(setting, &upstream, "cold", &cache, &setting.spec).await?;
    Ok(seconds(&started))
}

/// With the runtime compiled: a new data directory, a changed specification and
/// an unchanged one. The first of these instances goes on.
pub async fn warm(
    setting: &Setting,
    upstream: &Upstream,
) -> Result<(Vec<(&'static str, Seconds)>, Started)> {
    // Whoever runs this for the first time has an empty cache: fill it unmeasured.
    drop(up(setting, upstream, "filling", &setting.cache, &setting.spec).await?);
    let first = up(setting, upstream, "warm", &setting.cache, &setting.spec).await?;
    let changed = setting.folder.join("changed.yaml");
    let text = std::fs::read_to_string(&setting.spec).unwrap_or_default();
    let text = text.replace(
        "summary: Find a pet by its number",
        "summary: Look a pet up",
    );
    // What fails here fails in the next line, which says more.
    let _ = std::fs::write(&changed, text);
    let second = up(setting, upstream, "warm", &setting.cache, &changed).await?;
    let third = up(setting, upstream, "warm", &setting.cache, &changed).await?;
    let steps = vec![
        ("new data directory", seconds(&first)),
        ("changed specification", seconds(&second)),
        ("unchanged", seconds(&third)),
    ];
    Ok((steps, first))
}

async fn up(
    setting: &Setting,
    upstream: &Upstream,
    data: &str,
    cache: &std::path::Path,
    spec: &std::path::Path,
) -> Result<Started> {
    let mut command = setting.toolmill(data, cache)?;
    command
        .arg("up")
        .arg(spec)
        .args(["--json", "--name", "petstore", "--port", "0"]);
    command.args(["--base-url", upstream.url.as_str()]);
    for scheme in ["api_key", "store_token"] {
        let file = setting.folder.join(scheme);
        command
            .arg("--credential")
            .arg(format!("{scheme}=@{}", file.display()));
    }
    start(command).await
}

fn seconds(started: &Started) -> Seconds {
    let mut seconds = started.json()["seconds"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let total = (started.took.as_secs_f64() * 1000.0).round() / 1000.0;
    seconds.insert("total".to_owned(), json!(total));
    seconds
}

pub fn print(cold: Option<&Seconds>, warm: &[(&'static str, Seconds)]) {
    let mut table = Table::new([
        "SECONDS",
        "COLD",
        "NEW DIRECTORY",
        "CHANGED SPEC",
        "UNCHANGED",
    ]);
    let rows = Step::ALL.iter().map(|step| step.as_str()).chain(["total"]);
    for row in rows {
        let cell = |seconds: Option<&Seconds>| {
            seconds
                .and_then(|seconds| seconds.get(row))
                .map_or_else(|| "-".to_owned(), Value::to_string)
        };
        let warm = |index: usize| cell(warm.get(index).map(|(_, seconds)| seconds));
        table.row([row.to_owned(), cell(cold), warm(0), warm(1), warm(2)]);
    }
    table.print("");
    ui::say("");
}
