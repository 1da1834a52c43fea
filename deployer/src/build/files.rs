//! Small things to do with folders.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path};

use crate::error::{Error, Result};

/// Does work on files where it keeps no task of the runtime waiting.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|ended| Error::Runtime(ended.to_string()))?
}

/// Writes files below `folder`. Their paths may not lead out of it.
pub(super) fn write_all(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    for (path, content) in files {
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if path.is_empty() || !inside {
            return Err(Error::ForeignPath(path.escape_debug().to_string()));
        }
        let place = folder.join(path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(Error::io("make the folder", parent))?;
        }
        fs::write(&place, content).map_err(Error::io("write", &place))?;
    }
    Ok(())
}

/// Removes a folder with all that is in it, if it is there.
pub(super) fn remove_all(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
