//! The adapter for SQLite: one file per port.

mod apis;
mod audit;
mod credentials;
mod deployments;
mod migrate;
mod mounts;
mod open;
mod register;
mod renderings;
mod routes;
mod rows;
mod secrets;
mod users;
mod versions;

use std::path::Path;

use sqlx::{Sqlite, SqlitePool, Transaction};
use toolmill_core::Result;

use crate::error::database;

/// The store of one instance, in one file. Any number of calls may run at once:
/// readers do not wait for the one writer.
#[derive(Debug)]
pub struct SqliteStore {
    /// One connection, so that writers queue here and not in SQLite, which
    /// would have them poll.
    write: SqlitePool,
    read: SqlitePool,
    instance: String,
}

impl SqliteStore {
    /// Opens the database at `path`, made (readable by its owner alone) where
    /// there is none, and brought to this program's schema where it is older.
    ///
    /// # Errors
    /// Where the file is damaged, of a newer Toolmill, or cannot be written.
    pub async fn open(path: &Path) -> Result<Self> {
        open::claim(path)?;
        let write = open::writer(path).await?;
        open::check(&write, path).await?;
        migrate::up(&write, path).await?;
        let instance = open::instance(&write).await?;
        let read = open::readers(path).await?;
        Ok(Self {
            write,
            read,
            instance,
        })
    }

    /// Names this instance among others on the same engine: eight characters
    /// of lower-case hex, made with the database and kept with it.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Waits for what is under way and closes the file. Nothing depends on it,
    /// but it leaves one file where there were three.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// A transaction that may write from the start, so that what it reads
    /// cannot be changed by another before it does.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        self.write
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(database)
    }
}
