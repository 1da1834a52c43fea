//! All the pet store's SQL. Every query names the owner, so nobody meets another's rows.

mod orders;
mod pets;
mod seed;

use std::{collections::BTreeSet, path::Path};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use crate::Error;

pub use pets::Filter;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Readers run side by side; writers take turns anyway.
const CONNECTIONS: u32 = 4;

/// The open SQLite file.
#[derive(Clone)]
pub struct Database {
    pool: SqlitePool,
}

impl Database {
    /// Opens the file, brings its tables up to date, and gives each owner who is new their first
    /// pets.
    pub async fn open(path: &Path, owners: BTreeSet<&str>) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            // A connection to a file doesn't go stale.
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .map_err(|source| Error::Open {
                path: path.to_owned(),
                source,
            })?;
        MIGRATIONS
            .run(&pool)
            .await
            .map_err(|source| Error::Migrate {
                path: path.to_owned(),
                source,
            })?;
        let database = Self { pool };
        database.seed(owners).await.map_err(|source| Error::Seed {
            path: path.to_owned(),
            source,
        })?;
        Ok(database)
    }

    /// Ends all connections; the journal is folded into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A transaction that holds the write lock from its first moment. One that reads before it
    /// takes the lock would fail when another wrote in between.
    async fn write(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.pool.begin_with("BEGIN IMMEDIATE").await
    }
}
