//! The folder as it is found.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{LOCK, STAGE, unusable};
use crate::failure::{Failure, Result};

/// A folder that a crate was, or will be, generated into.
#[derive(Debug)]
pub struct Folder {
    pub path: PathBuf,
    /// The text of its lock file; `None` before anything was generated.
    pub lock: Option<String>,
    /// A run was killed while it wrote here.
    pub interrupted: bool,
    /// What each generated file may hash to.
    known: HashMap<String, Vec<String>>,
}

impl Folder {
    /// Looks at a folder, which need not be there yet.
    ///
    /// # Errors
    /// Where its lock file is there and cannot be read, or a link stands where
    /// files are staged.
    pub fn open(path: &Path) -> Result<Self> {
        if path.exists() && !path.is_dir() {
            let message = format!("`{}` is no folder.", path.display());
            return Err(Failure::new(message).hint("Name a folder with `-o DIR`."));
        }
        let stage = path.join(STAGE);
        refuse_link(&stage)?;
        let lock = text(&path.join(LOCK))?;
        let mut known: HashMap<String, Vec<String>> = HashMap::new();
        for text in lock.iter().chain(&staged_locks(&stage)?) {
            for (file, hash) in toolmill_generator::hashes(text) {
                known.entry(file).or_default().push(hash);
            }
        }
        Ok(Self {
            interrupted: stage.exists(),
            path: path.to_owned(),
            lock,
            known,
        })
    }

    /// Whether Toolmill wrote here before. A folder to stage in says nothing: it
    /// is a lock file, in place or staged, that knows what was written.
    pub fn is_generated(&self) -> bool {
        self.lock.is_some() || !self.known.is_empty()
    }

    /// Paths of all files that were generated. A lock file is text that anybody
    /// can edit, so those that lead out of the folder are not among them.
    pub fn generated(&self) -> BTreeSet<&str> {
        let within = |path: &str| {
            let mut parts = Path::new(path).components().peekable();
            parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
        };
        self.known
            .keys()
            .map(String::as_str)
            .filter(|path| within(path) && *path != LOCK)
            .collect()
    }

    /// Whether `content` is what was generated for `path`.
    pub fn wrote(&self, path: &str, content: &[u8]) -> bool {
        let hash = || -> String {
            let digest = Sha256::digest(content);
            digest.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        self.known
            .get(path)
            .is_some_and(|hashes| hashes.contains(&hash()))
    }

    /// What a file holds; `None` where there is none.
    ///
    /// # Errors
    /// Where it cannot be read, or a link is on the way to it.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let mut current = self.path.clone();
        for part in path.split('/') {
            current.push(part);
            refuse_link(&current)?;
        }
        match fs::read(&current) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(unusable(&current, &error)),
        }
    }
}

/// Nothing is read or written through a link: it may lead anywhere.
pub fn refuse_link(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => Err(Failure::new(format!(
            "`{}` is a link; nothing is written through it.",
            path.display()
        ))
        .hint("Remove the link, or name another folder with `-o DIR`.")),
        _ => Ok(()),
    }
}

/// No such file, or a file where one of its folders should be.
pub fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The lock files of runs that were killed.
fn staged_locks(stage: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(stage) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(unusable(stage, &error)),
    };
    let mut locks = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| unusable(stage, &error))?.file_name();
        if name.to_string_lossy().starts_with(LOCK) {
            locks.extend(text(&stage.join(name))?);
        }
    }
    Ok(locks)
}

fn text(path: &Path) -> Result<Option<String>> {
    refuse_link(path)?;
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(Failure::new(format!(
            "`{}` is not what Toolmill wrote.",
            path.display()
        ))
        .because(&error)
        .hint("Restore it, or generate into another folder with `-o DIR`.")),
        Err(error) => Err(unusable(path, &error)),
    }
}
