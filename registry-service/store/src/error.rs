//! From the database's errors to those of the ports.

use std::error::Error as StdError;

use toolmill_core::Error;

/// What SQLite calls its primary result codes (<https://sqlite.org/rescode.html>).
mod code {
    pub const BUSY: i32 = 5;
    pub const READ_ONLY: i32 = 8;
    pub const IO: i32 = 10;
    pub const CORRUPT: i32 = 11;
    pub const FULL: i32 = 13;
    pub const CANNOT_OPEN: i32 = 14;
    pub const NOT_A_DATABASE: i32 = 26;
}

/// A value in the database that cannot be read as what it should be.
#[derive(Debug, thiserror::Error)]
#[error("`{value}` is not a {what}")]
pub(crate) struct Unreadable {
    pub what: &'static str,
    pub value: String,
}

/// What the caller of a port hears of a failed statement.
pub(crate) fn database(error: sqlx::Error) -> Error {
    let (message, hint) = match primary_code(&error) {
        Some(code::FULL) => ("The disk is full.", "Free some space and try again."),
        Some(code::BUSY) => (
            "The database is held by another process.",
            "Stop other programs that use this data directory.",
        ),
        Some(code::READ_ONLY) => (
            "The database cannot be written.",
            "Make the data directory and its files writable for this user.",
        ),
        Some(code::IO | code::CANNOT_OPEN) => (
            "The database's file cannot be read or written.",
            "See whether the disk is full or failing.",
        ),
        Some(code::CORRUPT | code::NOT_A_DATABASE) => (
            "The database's file is damaged.",
            "Restore the data directory from a backup.",
        ),
        _ if matches!(error, sqlx::Error::PoolTimedOut) => (
            "The database is too busy to answer.",
            "Try again in a moment.",
        ),
        _ => return Error::internal("The database did not answer as it should.", error),
    };
    Error::unavailable(message, hint).caused_by(error)
}

/// A stored value that this program cannot read.
pub(crate) fn unreadable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::internal(
        "The database holds a value that this program cannot read.",
        source,
    )
}

/// A value that cannot be written as JSON.
pub(crate) fn unwritable(source: serde_json::Error) -> Error {
    Error::internal("A value cannot be stored as JSON.", source)
}

pub(crate) fn is_unique_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation())
}

pub(crate) fn is_foreign_key_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_foreign_key_violation())
}

/// SQLite's result code without its extension, which is in the upper bits.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
