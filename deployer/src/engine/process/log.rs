//! What servers write, kept in two files of bounded size each.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};
use toolmill_core::{LogLine, ServerKey};

use crate::engine::log_line;

/// Bytes of the newer file; the older one has at most as many.
const MOST: u64 = 512 * 1024;
/// Bytes that are read from a file whatever it says.
const READ: u64 = 2 * MOST;

/// The log of one server. Clones write to the same files.
#[derive(Clone)]
pub(super) struct Log {
    file: Arc<Mutex<Rotating>>,
}

struct Rotating {
    newer: PathBuf,
    older: PathBuf,
    file: File,
    size: u64,
}

impl Log {
    pub(super) fn open(folder: &Path, key: &ServerKey) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let [older, newer] = paths(folder, key);
        let file = File::options().create(true).append(true).open(&newer)?;
        let size = file.metadata()?.len();
        Ok(Self {
            file: Arc::new(Mutex::new(Rotating {
                newer,
                older,
                file,
                size,
            })),
        })
    }

    /// Writes all that comes through `pipe`. A full disk loses lines, and never
    /// stops the server.
    pub(super) async fn follow(&self, mut pipe: impl AsyncRead + Unpin) {
        let mut buffer = vec![0; 8 * 1024];
        while let Ok(length @ 1..) = pipe.read(&mut buffer).await {
            self.write(&buffer[..length]);
        }
    }

    pub(super) fn write(&self, bytes: &[u8]) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write(bytes) {
            tracing::warn!(file = %file.newer.display(), %error, "a server's log is not written");
        }
    }
}

impl Rotating {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.size + bytes.len() as u64 > MOST {
            fs::rename(&self.newer, &self.older)?;
            self.file = File::options()
                .create(true)
                .append(true)
                .open(&self.newer)?;
            self.size = 0;
        }
        self.file.write_all(bytes)?;
        self.size += bytes.len() as u64;
        Ok(())
    }
}

/// The last `count` lines, oldest first.
pub(super) fn tail(folder: &Path, key: &ServerKey, count: usize) -> io::Result<Vec<LogLine>> {
    let mut lines = VecDeque::new();
    for path in paths(folder, key) {
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other?,
        };
        for line in BufReader::new(file.take(READ)).split(b'\n') {
            if lines.len() == count {
                lines.pop_front();
            }
            lines.push_back(log_line(&line?));
        }
    }
    lines.truncate(count);
    Ok(lines.into())
}

pub(super) fn remove(folder: &Path, key: &ServerKey) {
    for path in paths(folder, key) {
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(file = %path.display(), %error, "a server's log stays");
        }
    }
}

/// The keys that have a log in `folder`.
pub(super) fn keys(folder: &Path) -> Vec<ServerKey> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let name = entry.file_name();
            name.to_str()?.split('.').next()?.parse().ok()
        })
        .collect()
}

/// The older file and the newer one.
fn paths(folder: &Path, key: &ServerKey) -> [PathBuf; 2] {
    [
        folder.join(format!("{key}.1.log")),
        folder.join(format!("{key}.log")),
    ]
}
