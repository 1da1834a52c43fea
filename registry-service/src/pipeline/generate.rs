//! Parse, lower and render: the generator's part of the way, off the async
//! threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use toolmill_core::{Diagnostic, Error, Result, Slug, Step, TenantCtx, VersionId};
use toolmill_generator::{Diagnostics, Document, FileSet, Lowered, Options};

use super::report::{Reporter, plural};
use super::worker_failed;
use crate::Registry;

/// A crate to be built.
pub(super) struct Generated {
    pub package: String,
    pub files: BTreeMap<String, Vec<u8>>,
}

pub(super) async fn run(
    registry: &Registry,
    ctx: &TenantCtx,
    version: VersionId,
    reporter: &mut Reporter<'_>,
) -> Result<Generated> {
    let store = &registry.parts.store;
    let stored = store.version(ctx, version).await?;
    let spec = store.spec(ctx, version).await?;
    let options = options(registry, ctx, version).await?;

    reporter.start(Step::Parse);
    let document = parse(registry, spec).await?;
    store.reached(ctx, version, Step::Parse).await?;
    reporter.finish(format!(
        "{} of {}",
        stored.format.name(),
        size(document.bytes.len())
    ));

    reporter.start(Step::Lower);
    let (lowered, options) = lower(registry, document, options).await?;
    let diagnostics = lowered.diagnostics.clone().into_vec();
    store.reached(ctx, version, Step::Lower).await?;
    reporter.finish(lowered_message(&lowered));

    reporter.start(Step::Render);
    let files = render(registry, lowered, options).await?;
    record(registry, ctx, version, &files, &diagnostics).await?;
    let own = files.without_runtime();
    reporter.finish(plural(u32::try_from(own.len()).unwrap_or(u32::MAX), "file"));
    Ok(Generated {
        package: files.package,
        files: own,
    })
}

/// Reads a document, with as many others at once as there are cores.
pub(crate) async fn parse(registry: &Registry, spec: Vec<u8>) -> Result<Document> {
    let _worker = registry
        .workers
        .acquire()
        .await
        .map_err(|error| Error::internal("The pipeline is closed.", error))?;
    let limits = registry.parts.limits.clone();
    tokio::task::spawn_blocking(move || toolmill_generator::parse(&spec, &limits))
        .await
        .map_err(worker_failed)?
        .map_err(|found| unusable("The specification cannot be read.", found))
}

async fn lower(
    registry: &Registry,
    document: Document,
    options: Arc<Options>,
) -> Result<(Lowered, Arc<Options>)> {
    let _worker = registry
        .workers
        .acquire()
        .await
        .map_err(|error| Error::internal("The pipeline is closed.", error))?;
    tokio::task::spawn_blocking(move || {
        toolmill_generator::lower(&document, &options).map(|lowered| (lowered, options))
    })
    .await
    .map_err(worker_failed)?
    .map_err(|found| {
        unusable(
            "The specification describes no API that can be served.",
            found,
        )
    })
    .and_then(|(lowered, options)| match lowered.api.tools.len() {
        0 => Err(unusable(
            "The specification makes no tool.",
            lowered.diagnostics,
        )),
        _ => Ok((lowered, options)),
    })
}

async fn render(registry: &Registry, lowered: Lowered, options: Arc<Options>) -> Result<FileSet> {
    let _worker = registry
        .workers
        .acquire()
        .await
        .map_err(|error| Error::internal("The pipeline is closed.", error))?;
    tokio::task::spawn_blocking(move || toolmill_generator::render(&lowered.api, &options))
        .await
        .map_err(worker_failed)
}

async fn options(registry: &Registry, ctx: &TenantCtx, version: VersionId) -> Result<Arc<Options>> {
    let store = &registry.parts.store;
    let api = store.version(ctx, version).await?.api;
    let slug: Slug = store
        .apis(ctx)
        .await?
        .into_iter()
        .find(|known| known.id == api)
        .map(|api| api.slug)
        .ok_or_else(|| Error::not_found("API", api))?;
    let mut options = Options::new(slug);
    options.limits = registry.parts.limits.clone();
    options.lock = store.lock_file(ctx, api).await?;
    Ok(Arc::new(options))
}

async fn record(
    registry: &Registry,
    ctx: &TenantCtx,
    version: VersionId,
    files: &FileSet,
    diagnostics: &[Diagnostic],
) -> Result<()> {
    let lock = files
        .files
        .get("toolmill.lock")
        .map(|bytes| String::from_utf8_lossy(bytes));
    let lock = lock.unwrap_or_default();
    registry
        .parts
        .store
        .rendered(ctx, version, &files.manifest, &lock, diagnostics)
        .await
}

fn unusable(message: &str, found: Diagnostics) -> Error {
    Error::Specification {
        message: message.to_owned(),
        diagnostics: found.into_vec(),
    }
}

fn lowered_message(lowered: &Lowered) -> String {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let tools = plural(count(lowered.api.tools.len()), "tool");
    match lowered.diagnostics.len() {
        0 => tools,
        found => format!("{tools}, {}", plural(count(found), "finding")),
    }
}

/// `512 bytes`, `3 KiB`, `1.2 MiB`.
fn size(bytes: usize) -> String {
    match bytes {
        ..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{}.{} MiB", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20),
    }
}
