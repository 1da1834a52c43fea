//! build: a generated crate → a static binary.

mod cargo;
mod command;
mod files;
mod hash;
mod leaf;
mod limits;
mod log;
mod runtime;
mod sandbox;
mod source;
mod toolchain;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Mutex, OnceCell, Semaphore, watch};
use toolmill_core::{Artifact, BuildJob, Builder, Progress};

use crate::error::Result;
pub use limits::BuildLimits;
use runtime::{Place, Runtime};
pub use source::{crate_lock, runtime_lock, runtime_source};
pub use toolchain::{Linker, Toolchain};

/// Compiles generated crates on this machine.
///
/// The first build compiles the runtime that all servers share, which takes
/// minutes and may need the network; [`CrateBuilder::prepare`] does it ahead.
/// Every later one takes about a second and needs neither.
pub struct CrateBuilder {
    /// For compiled runtimes. May be shared by instances.
    cache: PathBuf,
    /// Binaries, by key. This instance's alone.
    artifacts: PathBuf,
    limits: BuildLimits,
    toolchain: OnceCell<Toolchain>,
    runtime: Mutex<Option<Arc<Runtime>>>,
    news: watch::Sender<String>,
    at_once: Semaphore,
}

impl CrateBuilder {
    /// Keeps compiled runtimes below `cache` and binaries below `data`.
    #[must_use]
    pub fn new(cache: &Path, data: &Path) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            cache: cache.to_owned(),
            artifacts: data.join("artifacts"),
            limits: BuildLimits::default(),
            toolchain: OnceCell::new(),
            runtime: Mutex::new(None),
            news: watch::Sender::default(),
            at_once: Semaphore::new(processors),
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn within(self, limits: BuildLimits) -> Self {
        Self { limits, ..self }
    }

    /// Compiles the runtime unless that is done. Builds that come meanwhile
    /// wait for it and report its progress.
    ///
    /// # Errors
    /// Where the toolchain or a linker is missing, or crates cannot be fetched.
    pub async fn prepare(&self, progress: &dyn Progress) -> toolmill_core::Result<()> {
        self.runtime(progress).await?;
        Ok(())
    }

    /// Removes what killed builds left behind.
    pub fn sweep(&self) {
        leaf::sweep(&self.artifacts);
    }

    async fn toolchain(&self) -> Result<&Toolchain> {
        let find = async || Ok(Toolchain::find().await?.within(self.limits));
        self.toolchain.get_or_try_init(find).await
    }

    async fn runtime(&self, progress: &dyn Progress) -> Result<Arc<Runtime>> {
        let mut ready = self.turn(progress).await;
        if let Some(runtime) = ready.as_ref().filter(|runtime| runtime.library.is_file()) {
            return Ok(runtime.clone());
        }
        let toolchain = self.toolchain().await?;
        let place = Place::new(&self.cache, toolchain)?;
        let made = match place.find() {
            Some(found) => found,
            None => {
                let both = Both {
                    progress,
                    news: &self.news,
                };
                place.make(toolchain, &both).await?
            }
        };
        Ok(ready.insert(Arc::new(made)).clone())
    }

    /// Waits for the runtime, and reports what whoever compiles it reports.
    async fn turn(
        &self,
        progress: &dyn Progress,
    ) -> tokio::sync::MutexGuard<'_, Option<Arc<Runtime>>> {
        let mut news = self.news.subscribe();
        let turn = self.runtime.lock();
        tokio::pin!(turn);
        loop {
            tokio::select! {
                biased;
                guard = &mut turn => return guard,
                Ok(()) = news.changed() => progress.report(&news.borrow_and_update().clone()),
            }
        }
    }
}

#[async_trait]
impl Builder for CrateBuilder {
    async fn build(
        &self,
        job: BuildJob,
        progress: &dyn Progress,
    ) -> toolmill_core::Result<Artifact> {
        let place = Place::new(&self.cache, self.toolchain().await?)?;
        let key = leaf::key(&job, &place.key);
        if let Some(artifact) = leaf::find(&self.artifacts, &key) {
            return Ok(artifact);
        }
        let runtime = self.runtime(progress).await?;
        let _permit = self.at_once.acquire().await;
        progress.report("compiling the server");
        let toolchain = self.toolchain().await?;
        Ok(leaf::make(&self.artifacts, key, &job, toolchain, &runtime).await?)
    }
}

/// Reports to the caller, and to all who wait.
struct Both<'a> {
    progress: &'a dyn Progress,
    news: &'a watch::Sender<String>,
}

impl Progress for Both<'_> {
    fn report(&self, message: &str) {
        self.progress.report(message);
        self.news.send_replace(message.to_owned());
    }
}
