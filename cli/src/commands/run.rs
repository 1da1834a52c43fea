//! `toolmill run SPEC`: one server alone.

use std::os::unix::process::CommandExt;
use std::process::Command;

use toolmill_core::{Artifact, BuildJob, Builder, Progress};
use toolmill_deployer::CrateBuilder;

use super::Context;
use super::generate::crate_of;
use crate::args::Run;
use crate::document::open;
use crate::failure::{Failure, Result};
use crate::limits::Limits;
use crate::ui;

/// Builds the server, and becomes it: its stdout is ours.
pub async fn run(context: &Context, args: Run) -> Result<()> {
    let limits = context.limits()?;
    let opened = open(&args.source, limits.specification.clone()).await?;
    let files = crate_of(&opened, args.name.as_ref(), None, &args.source)?;
    ui::show_some_findings(&files.diagnostics, &opened.spec);
    let directories = &context.directories;
    let builder = CrateBuilder::new(&directories.cache, &directories.data).within(limits.build);
    let job = BuildJob {
        package: files.package.clone(),
        files: files.without_runtime(),
    };
    let artifact = builder.build(job, &OnStderr).await?;
    let error = server(&artifact, &args, &limits).exec();
    Err(Failure::new("The server cannot be started.").because(&error))
}

fn server(artifact: &Artifact, args: &Run, limits: &Limits) -> Command {
    let mut command = Command::new(&artifact.binary);
    if args.stdio {
        command.arg("--stdio");
    } else {
        command.args(["--port", &args.port.to_string()]);
    }
    if let Some(url) = &args.base_url {
        command.args(["--base-url", url.as_str()]);
    }
    if let Some(credentials) = &args.credentials {
        command.arg("--credentials").arg(credentials);
    }
    for limit in limits.own() {
        command.args(["--limit", &limit]);
    }
    command
}

struct OnStderr;

impl Progress for OnStderr {
    fn report(&self, message: &str) {
        ui::note(message);
    }
}
