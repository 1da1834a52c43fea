//! The runtime with all its dependencies, compiled once and kept.
//!
//! A server's own sources compile in a fraction of a second; the crates under
//! them take minutes. So these are compiled ahead, by cargo, and the libraries
//! are put into a folder whose name is a hash of all they depend on. It is made
//! elsewhere and renamed when complete, so one that is there is whole, and is
//! used without the network, by any number of instances.
//!
//! Cargo's own folder is kept too, one for each toolchain: a build that was
//! killed goes on where it was, and a newer runtime compiles only what differs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toolmill_core::Progress;

use super::cargo::{self, Libraries};
use super::files::{blocking, remove_all, write_all};
use super::hash::Hash;
use super::source::{runtime_lock, runtime_source};
use super::toolchain::{Linker, Toolchain};
use crate::error::{Error, Result};

/// To be raised when the folder's layout or the way of compiling changes.
const LAYOUT: &str = "1";

/// Size before speed, but for the crates that each call passes through: a binary of 6.8 MB instead
/// of 6.2, for a quarter less CPU time a call. One call's panic must not end a server, so panics
/// unwind.
const WORKSPACE: &str = r#"[workspace]
members = ["runtime"]
resolver = "3"

[profile.release]
opt-level = "s"
codegen-units = 1
debug = false
panic = "unwind"

[profile.release.package]
bytes = { opt-level = 3 }
http = { opt-level = 3 }
http-body-util = { opt-level = 3 }
httparse = { opt-level = 3 }
hyper = { opt-level = 3 }
hyper-util = { opt-level = 3 }
indexmap = { opt-level = 3 }
memchr = { opt-level = 3 }
mio = { opt-level = 3 }
serde_json = { opt-level = 3 }
tokio = { opt-level = 3 }
tokio-util = { opt-level = 3 }
toolmill-runtime = { opt-level = 3 }
"#;

const RECORD: &str = "runtime.json";
const TEMPORARY: &str = ".made-";
/// Compiled runtimes that are kept, of some 60 MB each.
const KEPT: usize = 4;

/// Where compiled runtimes are kept, and under which name this program's is.
#[derive(Clone)]
pub(super) struct Place {
    /// `<cache>/runtime`: libraries, by the runtime's key.
    runtimes: PathBuf,
    /// `<cache>/cargo`: cargo's folders, by the key of the toolchain.
    cargo: PathBuf,
    /// Hash of all that the libraries depend on.
    pub key: String,
    /// Hash of what compiles, and how.
    toolchain: String,
}

impl Place {
    pub(super) fn new(cache: &Path, toolchain: &Toolchain) -> Result<Self> {
        let flags = toolchain.target_flags();
        let toolchain = Hash::of(&[LAYOUT, WORKSPACE, &flags, &toolchain.verbose]).text();
        let mut key = Hash::of(&[&toolchain, runtime_lock()]);
        for (path, content) in runtime_source() {
            key.add(path.as_bytes());
            key.add(&content);
        }
        Ok(Self {
            runtimes: cache.join("runtime"),
            cargo: cache.join("cargo"),
            key: key.text(),
            toolchain,
        })
    }

    /// The compiled runtime, if it is in the cache.
    pub(super) fn find(&self) -> Option<Runtime> {
        let folder = self.runtimes.join(&self.key);
        let record = fs::read(folder.join(RECORD)).ok()?;
        let record: Record = serde_json::from_slice(&record).ok()?;
        Some(Runtime {
            library: folder.join("target").join(record.library),
            dependencies: [folder.join("target"), folder.join("host")],
            linker: record.linker,
        })
    }

    /// Compiles the runtime, unless another program does so at the same time:
    /// then it waits for that one.
    pub(super) async fn make(
        &self,
        toolchain: &Toolchain,
        progress: &dyn Progress,
    ) -> Result<Runtime> {
        for folder in [&self.runtimes, &self.cargo] {
            fs::create_dir_all(folder).map_err(Error::io("make the folder", folder))?;
        }
        let _held = self.lock(progress).await?;
        if let Some(made) = self.find() {
            return Ok(made);
        }
        progress.report("looking for a linker");
        let linker = toolchain.linker().await?;
        let workspace = self.cargo.join(&self.toolchain);
        let folder = workspace.clone();
        blocking(move || lay_out(&folder)).await?;
        let libraries = cargo::compile(&workspace, toolchain, progress).await?;
        let (place, verbose) = (self.clone(), toolchain.verbose.clone());
        blocking(move || place.settle(&libraries, linker, verbose)).await?;
        self.find()
            .ok_or_else(|| Error::Runtime("it was compiled but is not whole".to_owned()))
    }

    /// Puts the libraries where [`Self::find`] looks.
    fn settle(&self, libraries: &Libraries, linker: Linker, toolchain: String) -> Result<()> {
        let made = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempdir_in(&self.runtimes)
            .map_err(Error::io("make a folder in", &self.runtimes))?;
        let record = Record {
            library: collect(libraries, made.path())?,
            linker,
            toolchain,
        };
        let path = made.path().join(RECORD);
        let text = serde_json::to_vec_pretty(&record).map_err(|e| Error::Runtime(e.to_string()))?;
        fs::write(&path, text).map_err(Error::io("write", &path))?;
        File::open(&path)
            .and_then(|file| Ok(rustix::fs::syncfs(file)?))
            .map_err(Error::io("write", &path))?;
        let place = self.runtimes.join(&self.key);
        remove_all(&place).map_err(Error::io("remove", &place))?;
        fs::rename(made.path(), &place).map_err(Error::io("move to", &place))?;
        self.remove_old();
        Ok(())
    }

    /// Leaves the newest [`KEPT`] runtimes: more programs of different versions
    /// are hardly at work at once, and each can make its own again.
    fn remove_old(&self) {
        let entries = fs::read_dir(&self.runtimes).into_iter().flatten().flatten();
        let mut made: Vec<_> = entries
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        made.sort();
        let old = made.len().saturating_sub(KEPT);
        for (_, folder) in &made[..old] {
            if let Err(error) = remove_all(folder) {
                tracing::warn!(folder = %folder.display(), %error, "an old runtime stays");
            }
        }
    }

    /// Only one program at a time uses a folder of cargo's.
    async fn lock(&self, progress: &dyn Progress) -> Result<File> {
        let path = self.cargo.join(format!("{}.lock", self.toolchain));
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        if file.try_lock().is_ok() {
            return Ok(file);
        }
        progress.report("waiting for another program that compiles the runtime");
        tokio::task::spawn_blocking(move || file.lock().map(|()| file))
            .await
            .unwrap_or_else(|ended| Err(ended.into()))
            .map_err(Error::io("lock", &path))
    }
}

/// A compiled runtime, ready to be linked.
#[derive(Clone, Debug)]
pub(super) struct Runtime {
    pub library: PathBuf,
    /// Libraries that it was compiled with, for `-L dependency=`.
    pub dependencies: [PathBuf; 2],
    pub linker: Linker,
}

/// What is kept beside the libraries.
#[derive(Serialize, Deserialize)]
struct Record {
    library: String,
    linker: Linker,
    toolchain: String,
}

/// Writes the sources anew, so that cargo compiles them again, and leaves what
/// it made of the dependencies.
fn lay_out(workspace: &Path) -> Result<()> {
    let runtime = workspace.join("runtime");
    remove_all(&runtime).map_err(Error::io("remove", &runtime))?;
    write_all(&runtime, &runtime_source())?;
    let settings = [("Cargo.toml", WORKSPACE), ("Cargo.lock", runtime_lock())];
    let settings = settings.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    write_all(workspace, &settings.into())
}

/// Links the libraries (for the target, and macros for the host) into `made`,
/// and gives the runtime's own file name.
fn collect(libraries: &Libraries, made: &Path) -> Result<String> {
    let mut runtime = None;
    for (paths, name) in [(&libraries.target, "target"), (&libraries.host, "host")] {
        let to = made.join(name);
        fs::create_dir_all(&to).map_err(Error::io("make the folder", &to))?;
        for path in paths {
            let Some(file) = path.file_name() else {
                continue;
            };
            let place = to.join(file);
            fs::hard_link(path, &place)
                .or_else(|_| fs::copy(path, &place).map(drop))
                .map_err(Error::io("copy", path))?;
            if file == "libtoolmill_runtime.rlib" {
                runtime = Some("libtoolmill_runtime.rlib".to_owned());
            }
        }
    }
    runtime.ok_or_else(|| Error::Runtime("cargo made no library of it".to_owned()))
}
