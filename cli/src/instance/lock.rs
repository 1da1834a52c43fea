//! One instance on one data directory.
//!
//! The holder keeps a lock on `instance.lock` for as long as its process lives
//! (the kernel lets go of it, however the process ends) and writes in it who
//! it is and where it listens.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Result};

/// The instance that has a data directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    /// `None` while it starts.
    pub address: Option<SocketAddr>,
}

impl Holder {
    /// `http://HOST:PORT` as one can dial it from this machine.
    pub fn base_url(&self) -> Option<String> {
        let mut address = self.address?;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        Some(format!("http://{address}"))
    }
}

pub struct Lock {
    file: File,
}

pub enum Attempt {
    Ours(Lock),
    Held(Holder),
}

impl Lock {
    /// Takes the lock, or says who has it.
    ///
    /// # Errors
    /// Where the file cannot be opened or locked.
    pub fn take(path: &Path) -> Result<Attempt> {
        let file = open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                let mut lock = Self { file };
                lock.write(&Holder {
                    pid: std::process::id(),
                    address: None,
                })?;
                Ok(Attempt::Ours(lock))
            }
            Err(Errno::WOULDBLOCK) => read(&file).map(Attempt::Held),
            Err(error) => Err(unusable(path, &error.into())),
        }
    }

    /// Tells others where the instance listens.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn announce(&mut self, address: SocketAddr) -> Result<()> {
        self.write(&Holder {
            pid: std::process::id(),
            address: Some(address),
        })
    }

    fn write(&mut self, holder: &Holder) -> Result<()> {
        let text = serde_json::to_string(holder).unwrap_or_default();
        self.file
            .set_len(0)
            .and_then(|()| self.file.rewind())
            .and_then(|()| self.file.write_all(text.as_bytes()))
            .map_err(|error| {
                Failure::new("The lock of the data directory cannot be written.").because(&error)
            })
    }
}

/// The instance that runs on this data directory, if one does.
///
/// # Errors
/// Where the lock file cannot be read.
pub fn holder(path: &Path) -> Result<Option<Holder>> {
    if !path.exists() {
        return Ok(None);
    }
    let file = open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(None),
        Err(Errno::WOULDBLOCK) => read(&file).map(Some),
        Err(error) => Err(unusable(path, &error.into())),
    }
}

/// As [`holder`], but an instance that is just starting is waited for until it
/// listens or is gone.
///
/// # Errors
/// Where the lock file cannot be read.
pub async fn listening(path: &Path, patience: Duration) -> Result<Option<Holder>> {
    let until = Instant::now() + patience;
    loop {
        let found = holder(path)?;
        let starting = found
            .as_ref()
            .is_some_and(|holder| holder.address.is_none());
        if !starting || Instant::now() > until {
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn open(path: &Path) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| unusable(path, &error))
}

fn read(file: &File) -> Result<Holder> {
    let mut text = String::new();
    let mut file = file;
    file.rewind()
        .and_then(|()| file.read_to_string(&mut text))
        .map_err(|error| {
            Failure::new("The lock of the data directory cannot be read.").because(&error)
        })?;
    // Empty for the moment between locking and writing.
    Ok(serde_json::from_str(&text).unwrap_or(Holder {
        pid: 0,
        address: None,
    }))
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::missing(
        format!("The lock file `{}` cannot be used.", path.display()),
        "See whether the data directory belongs to you and its disk has space.",
    )
    .because(error)
}
