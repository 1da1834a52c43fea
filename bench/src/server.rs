//! Generated servers: how long it takes to make them, how large they are, how fast they start.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::process::Command;
use toolmill_core::{BuildJob, Builder, Progress, Quiet, Slug};
use toolmill_deployer::CrateBuilder;
use toolmill_generator::{Options, generate};

use crate::{
    load::{self, Target},
    process::{Process, median, timed},
};

/// How often a thing is generated or started, to take the median.
const ROUNDS: usize = 11;

/// How often it is built.
const BUILDS: usize = 3;

/// A server that was made.
pub struct Made {
    pub tools: usize,
    pub generate: Duration,
    pub build: Duration,
    pub size: u64,
    pub binary: PathBuf,
}

/// How a server starts.
pub struct Start {
    /// From spawn to the answer of the first call.
    pub first_call: Duration,
    /// Resident bytes after that.
    pub memory: u64,
}

/// Generates and builds the server of a specification, with the runtime compiled before.
pub async fn make(folder: &Path, cache: &Path, specification: &[u8]) -> Result<Made> {
    let options = Options::new("bench".parse::<Slug>()?);
    let mut generated = generate(specification, &options)?;
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let (again, time) = timed(|| generate(specification, &options));
        generated = again?;
        took.push(time);
    }
    let generate = median(took);
    let manifest = generated.files.get("tools.json").context("no manifest")?;
    let manifest: Value = serde_json::from_slice(manifest)?;
    let job = BuildJob {
        package: "bench-mcp".to_owned(),
        files: generated.files,
    };
    let (mut took, mut artifact) = (Vec::new(), None);
    for _ in 0..BUILDS {
        // A binary that is there is not built again.
        let data = tempfile::tempdir_in(folder)?.keep();
        let builder = CrateBuilder::new(cache, &data);
        builder.prepare(&OnStderr).await?;
        let begin = Instant::now();
        artifact = Some(builder.build(job.clone(), &Quiet).await?);
        took.push(begin.elapsed());
    }
    let artifact = artifact.context("nothing was built")?;
    Ok(Made {
        tools: manifest["tools"].as_array().map_or(0, Vec::len),
        generate,
        build: median(took),
        size: artifact.size,
        binary: artifact.binary,
    })
}

/// The command that runs a server for the API at `api`.
pub fn command(made: &Made, api: &str) -> Command {
    let mut command = Command::new(&made.binary);
    command.args(["--port", "0", "--base-url", api]);
    command
}

/// Starts a server some times, and calls a tool.
pub async fn start(made: &Made, api: &str) -> Result<Start> {
    let (mut times, mut memory) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let (process, url) = Process::start(&mut command(made, api)).await?;
        load::once(&Target::mcp(&url)?).await?;
        times.push(begin.elapsed());
        memory = process.memory()?;
    }
    Ok(Start {
        first_call: median(times),
        memory,
    })
}

/// A specification of so many operations, each with five parameters, and half of them with a nested
/// body.
pub fn specification(operations: usize) -> String {
    let parameters = json!([
        {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
        {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
        {"name": "state", "in": "query", "schema": {"type": "string", "enum": ["open", "closed"]}},
        {"name": "X-Part", "in": "header", "schema": {"type": "string", "pattern": "^[a-z0-9-]+$"}},
    ]);
    let owner = json!({"type": "object", "properties": {
        "email": {"type": "string", "format": "email"},
        "roles": {"type": "array", "items": {"type": "string"}},
    }});
    let thing = json!({"type": "object", "required": ["name"], "properties": {
        "id": {"type": "string"}, "name": {"type": "string"}, "owner": owner,
    }});
    let content = json!({"application/json": {"schema": thing}});
    let mut paths = serde_json::Map::new();
    for index in 0..operations {
        let (method, verb) = if index % 2 == 0 {
            ("get", "get")
        } else {
            ("post", "make")
        };
        let mut operation = json!({
            "operationId": format!("{verb}Thing{index}"),
            "tags": [format!("group{}", index % 20)],
            "summary": format!("{verb} thing {index}"),
            "parameters": parameters,
            "responses": {"200": {"description": "The thing.", "content": content}},
        });
        if method == "post" {
            operation["requestBody"] = json!({"required": true, "content": content});
        }
        paths.insert(
            format!("/things{index}/{{id}}"),
            json!({ method: operation }),
        );
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Bench", "version": "1"},
        "servers": [{"url": "http://127.0.0.1"}],
        "paths": paths,
    })
    .to_string()
}

struct OnStderr;

impl Progress for OnStderr {
    fn report(&self, message: &str) {
        eprintln!("{message}");
    }
}
