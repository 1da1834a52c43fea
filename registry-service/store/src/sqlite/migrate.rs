//! Bringing an older database to this program's schema.

use std::path::Path;

use sqlx::SqlitePool;
use sqlx::migrate::{MigrateError, Migrator};
use toolmill_core::{Error, Result};

use crate::error::database;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Applies the migrations that the database has not had yet, each in a
/// transaction of its own.
pub(super) async fn up(pool: &SqlitePool, path: &Path) -> Result<()> {
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        // Numbers only grow, so one that is not known here is a later one.
        MigrateError::VersionMissing(number) => newer(path, number),
        MigrateError::VersionMismatch(number) => differing(path, number),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => database(error),
        error => Error::internal("The database could not be migrated.", error),
    })
}

fn newer(path: &Path, number: i64) -> Error {
    let known = MIGRATIONS.iter().map(|migration| migration.version).max();
    Error::unavailable(
        format!(
            "The database `{}` was made by a newer Toolmill: it has schema {number}, this program knows up to {}.",
            path.display(),
            known.unwrap_or_default(),
        ),
        "Run the newer Toolmill, or use another data directory.",
    )
}

fn differing(path: &Path, number: i64) -> Error {
    Error::unavailable(
        format!(
            "The database `{}` was made by an unreleased Toolmill: its schema {number} is not this program's.",
            path.display(),
        ),
        "Run the Toolmill that made it, or use another data directory.",
    )
}
