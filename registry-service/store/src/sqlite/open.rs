//! The database's file and the connections to it.

use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use toolmill_core::{Error, Result};

use crate::error::{Unreadable, database};

/// SQLite gives its `-wal` and `-shm` files the mode of this one.
const OWNER_ONLY: u32 = 0o600;

/// Enough that calls do not queue; more connections only cost memory.
const READERS: u32 = 4;

/// Makes sure that the file is there and that nobody else can read it.
pub(super) fn claim(path: &Path) -> Result<()> {
    let claimed: io::Result<()> = (|| {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(OWNER_ONLY)
            .open(path)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(path, Permissions::from_mode(OWNER_ONLY))?;
        }
        Ok(())
    })();
    claimed.map_err(|error| {
        Error::unavailable(
            format!("The database `{}` cannot be opened.", path.display()),
            "Make sure that its folder exists and is writable for this user.",
        )
        .caused_by(error)
    })
}

pub(super) async fn writer(path: &Path) -> Result<SqlitePool> {
    pool(1).connect_with(options(path)).await.map_err(database)
}

pub(super) async fn readers(path: &Path) -> Result<SqlitePool> {
    let options = options(path).pragma("query_only", "ON");
    pool(READERS).connect_with(options).await.map_err(database)
}

/// Refuses a damaged file before anything is built on it.
pub(super) async fn check(pool: &SqlitePool, path: &Path) -> Result<()> {
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(pool)
        .await
        .map_err(database)?;
    if found == "ok" {
        return Ok(());
    }
    Err(Error::unavailable(
        format!("The database `{}` is damaged.", path.display()),
        "Restore the data directory from a backup.",
    )
    .caused_by(Unreadable {
        what: "sound database",
        value: found,
    }))
}

pub(super) async fn instance(pool: &SqlitePool) -> Result<String> {
    sqlx::query(
        "INSERT INTO settings (name, value)
         VALUES ('instance', lower(hex(randomblob(4))))
         ON CONFLICT (name) DO NOTHING",
    )
    .execute(pool)
    .await
    .map_err(database)?;
    sqlx::query_scalar("SELECT value FROM settings WHERE name = 'instance'")
        .fetch_one(pool)
        .await
        .map_err(database)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // What was acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        // Deleted rows are overwritten: a credential that was taken back shall
        // not be found in the file, not even sealed.
        .pragma("secure_delete", "ON")
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        // A connection to a file does not go away: asking it each time would
        // double the cost of a query.
        .test_before_acquire(false)
}
