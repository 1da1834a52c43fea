//! The folders through which the hub and its servers meet.
//!
//! Each server has two: `in`, where it listens, and `out`, where the egress
//! broker listens. They are short (a unix socket's path has at most 107 bytes),
//! in a root that only its owner enters, outside the data directory, and never
//! made anew while a server lives: a server holds on to the folder, not its name.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use toolmill_core::ServerKey;

use crate::error::{Error, Result};

/// The server's socket in its `in` folder.
pub(crate) const SERVER_SOCKET: &str = "server.sock";
/// The broker's socket in the `out` folder.
pub(crate) const EGRESS_SOCKET: &str = "egress.sock";
/// `sockaddr_un` has 108 bytes, the last of which is zero.
const LONGEST: usize = 107;

/// Where socket folders go: `/run/toolmill` for root, else
/// `$XDG_RUNTIME_DIR/toolmill`, else `/tmp/toolmill-<uid>`.
#[must_use]
pub fn default_run_root() -> PathBuf {
    let uid = geteuid();
    if uid.is_root() {
        return PathBuf::from("/run/toolmill");
    }
    match std::env::var_os("XDG_RUNTIME_DIR") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder).join("toolmill"),
        _ => PathBuf::from(format!("/tmp/toolmill-{uid}")),
    }
}

/// The socket folders of one instance: `<run root>/<instance>/<key>/{in,out}`.
#[derive(Clone, Debug)]
pub struct SocketDirs {
    root: PathBuf,
}

/// Who may make a socket in `in`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Listener {
    /// This user alone. Only root can say so.
    User(u32),
    /// The hub's own user.
    Own,
    /// Anybody who gets there: only the hub's own user passes the root, and a
    /// container to which the folder is given.
    Anyone,
}

impl SocketDirs {
    /// Makes the root, or checks the one that is there.
    ///
    /// # Errors
    /// Where it belongs to somebody else, others may enter it, or its path is
    /// too long for a socket in it.
    pub fn new(run_root: &Path, instance: &str) -> Result<Self> {
        let root = run_root.join(instance);
        let longest = root.join("000000000000/out").join(EGRESS_SOCKET);
        let length = longest.as_os_str().as_bytes().len();
        if length > LONGEST {
            return Err(Error::LongPath {
                path: longest,
                length,
            });
        }
        for folder in [run_root, &root] {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(Error::io("make the folder", folder))?;
            let found = fs::symlink_metadata(folder).map_err(Error::io("look at", folder))?;
            let own = found.is_dir() && found.uid() == geteuid().as_raw();
            if !own || found.mode() & 0o077 != 0 {
                return Err(Error::SharedFolder(folder.to_owned()));
            }
        }
        Ok(Self { root })
    }

    /// What a server without a view of anything else has as its root.
    pub(crate) fn home(&self, key: &ServerKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// Where the server listens.
    #[must_use]
    pub fn inward(&self, key: &ServerKey) -> PathBuf {
        self.home(key).join("in")
    }

    /// Where the egress broker listens for the server.
    #[must_use]
    pub fn outward(&self, key: &ServerKey) -> PathBuf {
        self.home(key).join("out")
    }

    /// Makes the folders that are not there, and gives them their owners and modes.
    pub(crate) fn prepare(&self, key: &ServerKey, listener: Listener) -> Result<()> {
        for folder in [self.home(key), self.outward(key)] {
            make(&folder, 0o711)?;
        }
        let inward = self.inward(key);
        match listener {
            Listener::Own => make(&inward, 0o700),
            Listener::Anyone => make(&inward, 0o777),
            Listener::User(uid) => {
                make(&inward, 0o700)?;
                chown(&inward, Some(uid), Some(uid)).map_err(Error::io("give away", &inward))
            }
        }
    }

    /// The servers that have folders here.
    pub(crate) fn keys(&self) -> Result<Vec<ServerKey>> {
        let entries = fs::read_dir(&self.root).map_err(Error::io("read", &self.root))?;
        Ok(entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect())
    }

    /// Takes the folders away. To be called when the server has ended.
    pub(crate) fn remove(&self, key: &ServerKey) -> Result<()> {
        let home = self.home(key);
        match fs::remove_dir_all(&home) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Error::io("remove", &home)(error))
            }
            _ => Ok(()),
        }
    }
}

/// Makes a folder if it is absent; the mode is exact, whatever the umask is.
fn make(folder: &Path, mode: u32) -> Result<()> {
    let made = || -> io::Result<()> {
        match fs::create_dir(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => fs::set_permissions(folder, Permissions::from_mode(mode)),
        }
    };
    made().map_err(Error::io("make the folder", folder))
}
