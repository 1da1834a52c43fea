//! Compiles one generated crate against the compiled runtime.
//!
//! `rustc` is called directly: cargo would take half as long again, and would
//! run what a manifest asks for.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use toolmill_core::{Artifact, BuildJob};

use super::command::{Finished, run};
use super::files::{blocking, remove_all, write_all};
use super::hash::Hash;
use super::runtime::Runtime;
use super::toolchain::{Linker, STATIC, Toolchain};
use crate::error::{Error, Result};

/// To be raised when the way of compiling changes.
const LAYOUT: &str = "1";
const EDITION: &str = "--edition=2024";
/// Facts are not worth optimising: the work is done in the runtime.
const PROFILE: &[&str] = &[
    STATIC,
    "-Copt-level=0",
    "-Ccodegen-units=16",
    "-Cdebuginfo=0",
    "-Cdebug-assertions=no",
    "-Cpanic=unwind",
    "-Cstrip=symbols",
];

const BINARY: &str = "server";
const RECORD: &str = "artifact.json";
const TEMPORARY: &str = ".build-";

/// What the binary of `job` is called.
pub(super) fn key(job: &BuildJob, runtime_key: &str) -> String {
    let mut hash = Hash::of(&[LAYOUT, EDITION, runtime_key, &job.package]);
    for flag in PROFILE {
        hash.add(flag.as_bytes());
    }
    for (path, content) in &job.files {
        hash.add(path.as_bytes());
        hash.add(content);
    }
    hash.text()
}

/// The artifact of this key, if it is there and whole.
pub(super) fn find(artifacts: &Path, key: &str) -> Option<Artifact> {
    let folder = artifacts.join(key);
    let record = fs::read(folder.join(RECORD)).ok()?;
    let mut artifact: Artifact = serde_json::from_slice(&record).ok()?;
    artifact.binary = folder.join(BINARY);
    let size = fs::metadata(&artifact.binary).ok()?.len();
    (artifact.key == key && artifact.size == size).then_some(artifact)
}

/// Compiles `job` in a folder of its own, and moves the result to its place.
pub(super) async fn make(
    artifacts: &Path,
    key: String,
    job: &BuildJob,
    toolchain: &Toolchain,
    runtime: &Runtime,
) -> Result<Artifact> {
    fs::create_dir_all(artifacts).map_err(Error::io("make the folder", artifacts))?;
    let folder = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempdir_in(artifacts)
        .map_err(Error::io("make a folder in", artifacts))?;
    let source = folder.path().join("source");
    let (to, files) = (source.clone(), job.files.clone());
    blocking(move || write_all(&to, &files)).await?;
    compile(job, &source, toolchain, runtime).await?;
    let artifacts = artifacts.to_owned();
    blocking(move || settle(&artifacts, folder.path(), key)).await
}

/// Removes what killed builds left. Nobody else may be building here.
pub(super) fn sweep(artifacts: &Path) {
    for entry in fs::read_dir(artifacts).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY)
            && let Err(error) = remove_all(&entry.path())
        {
            tracing::warn!(folder = %entry.path().display(), %error, "a temporary folder stays");
        }
    }
}

/// Moves the compiled binary to where [`find`] looks. Where somebody else was
/// quicker, what is there counts if it is whole.
fn settle(artifacts: &Path, folder: &Path, key: String) -> Result<Artifact> {
    let made = folder.join("made");
    fs::create_dir(&made).map_err(Error::io("make the folder", &made))?;
    let binary = folder.join("source").join(BINARY);
    fs::rename(&binary, made.join(BINARY)).map_err(Error::io("move", &binary))?;
    let mut artifact = record(&made, key)?;
    let place = artifacts.join(&artifact.key);
    match fs::rename(&made, &place) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
            if let Some(there) = find(artifacts, &artifact.key) {
                return Ok(there);
            }
            remove_all(&place).map_err(Error::io("remove", &place))?;
            fs::rename(&made, &place)
        }
        other => other,
    }
    .map_err(Error::io("move to", &place))?;
    artifact.binary = place.join(BINARY);
    Ok(artifact)
}

async fn compile(
    job: &BuildJob,
    folder: &Path,
    toolchain: &Toolchain,
    runtime: &Runtime,
) -> Result<()> {
    let mut finished = rustc(job, folder, toolchain, runtime, &runtime.linker).await?;
    if !finished.status.success() {
        // The linker that was there when the runtime was compiled may be gone.
        let linker = toolchain.linker().await?;
        if linker != runtime.linker {
            finished = rustc(job, folder, toolchain, runtime, &linker).await?;
        }
    }
    if finished.status.success() {
        return Ok(());
    }
    Err(Error::Compile {
        what: format!("The crate `{}`", job.package),
        log: finished.log,
    })
}

async fn rustc(
    job: &BuildJob,
    folder: &Path,
    toolchain: &Toolchain,
    runtime: &Runtime,
    linker: &Linker,
) -> Result<Finished> {
    let [target, host] = &runtime.dependencies;
    let mut rustc = toolchain.rustc(linker, &[target, host], folder)?;
    rustc
        .args(["--crate-name", &job.package.replace('-', "_")])
        .args(["--crate-type=bin", EDITION, "--color=never", "src/main.rs"])
        .args(PROFILE)
        .arg("-o")
        .arg(BINARY)
        .arg("--extern")
        .arg(assigned("toolmill_runtime", &runtime.library));
    for folder in &runtime.dependencies {
        rustc.arg("-L").arg(assigned("dependency", folder));
    }
    let what = format!("The crate `{}`", job.package);
    run(rustc, &what, &toolchain.limits, |_| {}).await
}

fn assigned(name: &str, path: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(name);
    text.push("=");
    text.push(path);
    text
}

/// Hashes the binary, writes the record beside it, and waits for the disk.
fn record(made: &Path, key: String) -> Result<Artifact> {
    let binary = made.join(BINARY);
    // Servers run as users of their own, whatever the umask was.
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755))
        .map_err(Error::io("make executable", &binary))?;
    let content = fs::read(&binary).map_err(Error::io("read", &binary))?;
    let artifact = Artifact {
        key,
        sha256: hex::encode(Sha256::digest(&content)),
        size: content.len() as u64,
        binary: PathBuf::from(BINARY),
    };
    let path = made.join(RECORD);
    let text = serde_json::to_vec_pretty(&artifact).map_err(|e| Error::Runtime(e.to_string()))?;
    fs::write(&path, text).map_err(Error::io("write", &path))?;
    for path in [&binary, &path] {
        fs::File::open(path)
            .and_then(|file| file.sync_all())
            .map_err(Error::io("write", path))?;
    }
    Ok(artifact)
}
