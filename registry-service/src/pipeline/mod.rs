//! From stored bytes to a mounted server: parse, lower, render, build, deploy,
//! mount. Every step may be repeated, so a run that was killed is simply run
//! again from the beginning; what is there already costs next to nothing.

mod events;
mod generate;
mod report;

use std::time::Duration;

use toolmill_core::{
    Artifact, BuildJob, Deployment, Error, Failure, Problem, Result, Step, TenantCtx, VersionId,
};

pub use events::Events;
use generate::Generated;
pub(crate) use generate::parse;
use report::{Reporter, plural};

use crate::Registry;

/// How long a new server may take to listen.
pub(crate) const START_DEADLINE: Duration = Duration::from_secs(20);

/// Brings one version along as far as it goes, and records where that is.
pub(crate) async fn run(registry: &Registry, ctx: &TenantCtx, version: VersionId) {
    let mut reporter = Reporter::new(&registry.events, version);
    let Err(error) = bring_along(registry, ctx, version, &mut reporter).await else {
        return;
    };
    let failure = Failure {
        step: reporter.step(),
        problem: Problem::from(&error),
    };
    tracing::warn!(
        error = &error as &dyn std::error::Error,
        %version,
        step = %failure.step,
        "a version goes no further"
    );
    if let Err(error) = registry.parts.store.failed(ctx, version, &failure).await {
        tracing::error!(%error, %version, "the failure could not be recorded");
    }
    reporter.failed(failure.problem);
}

async fn bring_along(
    registry: &Registry,
    ctx: &TenantCtx,
    version: VersionId,
    reporter: &mut Reporter<'_>,
) -> Result<()> {
    let generated = generate::run(registry, ctx, version, reporter).await?;
    let artifact = build(registry, ctx, version, generated, reporter).await?;
    tracing::debug!(key = artifact.key, "built");
    let (_server, deployment) = deploy(registry, ctx, version, reporter).await?;
    mount(registry, ctx, version, &deployment, reporter).await
}

async fn build(
    registry: &Registry,
    ctx: &TenantCtx,
    version: VersionId,
    generated: Generated,
    reporter: &mut Reporter<'_>,
) -> Result<Artifact> {
    reporter.start(Step::Build);
    let job = BuildJob {
        package: generated.package,
        files: generated.files,
    };
    let artifact = registry
        .parts
        .builder
        .build(job, &reporter.progress())
        .await?;
    registry.parts.store.built(ctx, version, &artifact).await?;
    let megabytes = u32::try_from(artifact.size / 1024).map_or(0.0, |kib| f64::from(kib) / 1024.0);
    reporter.finish(format!("a static binary of {megabytes:.1} MiB"));
    Ok(artifact)
}

/// Starts the new version's server before anybody sees its tools. The lease
/// keeps it from being swept away until it is mounted.
async fn deploy(
    registry: &Registry,
    ctx: &TenantCtx,
    version: VersionId,
    reporter: &mut Reporter<'_>,
) -> Result<(toolmill_core::Lease, Deployment)> {
    reporter.start(Step::Deploy);
    let planned = registry.parts.store.planned(ctx, version).await?;
    let lease = registry
        .parts
        .servers
        .lease(&planned, START_DEADLINE)
        .await?;
    registry
        .parts
        .store
        .reached(ctx, version, Step::Deploy)
        .await?;
    reporter.finish(format!("server {} runs", planned.key));
    Ok((lease, planned))
}

async fn mount(
    registry: &Registry,
    ctx: &TenantCtx,
    version: VersionId,
    deployment: &Deployment,
    reporter: &mut Reporter<'_>,
) -> Result<()> {
    reporter.start(Step::Mount);
    let store = &registry.parts.store;
    if let Some(newer) = newer_mounted(registry, ctx, version).await? {
        reporter.finish(format!("version {newer} is mounted already"));
        return Ok(());
    }
    let mount = store.mount(ctx, version).await?;
    for user in store.users_of(ctx, deployment.api).await? {
        registry.parts.changes.changed(&user);
    }
    registry.parts.servers.reconcile().await?;
    let tools = store.version(ctx, version).await?.tools;
    reporter.finish(format!("{} as `{}__…`", plural(tools, "tool"), mount.slug));
    Ok(())
}

/// The number of the version that overtook this one on the way, if one did.
async fn newer_mounted(
    registry: &Registry,
    ctx: &TenantCtx,
    version: VersionId,
) -> Result<Option<u32>> {
    let store = &registry.parts.store;
    let this = store.version(ctx, version).await?;
    let apis = store.apis(ctx).await?;
    let api = apis.into_iter().find(|api| api.id == this.api);
    let Some(mounted) = api.and_then(|api| api.current) else {
        return Ok(None);
    };
    let mounted = store.version(ctx, mounted).await?.number;
    Ok((mounted > this.number).then_some(mounted))
}

/// The error of a worker that panicked or was cancelled.
fn worker_failed(error: tokio::task::JoinError) -> Error {
    Error::internal("A worker of the pipeline failed.", error)
}
