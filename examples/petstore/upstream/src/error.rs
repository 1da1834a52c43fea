use std::{io, path::PathBuf};

/// Why the pet store could not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("A caller of the pet store has no name. Give each caller an `owner`.")]
    UnnamedOwner,

    #[error(
        "The {scheme} of the pet store's caller `{owner}` is empty. Give it at least one character."
    )]
    EmptyCredential { owner: String, scheme: &'static str },

    #[error(
        "The {scheme} of the pet store's caller `{owner}` belongs to `{other}` as well. \
         Give each caller a credential of its own."
    )]
    SharedCredential {
        owner: String,
        other: String,
        scheme: &'static str,
    },

    #[error(
        "The pet store's database `{}` can't be opened. Check that its folder exists and that \
         the file can be written.",
        path.display()
    )]
    Open { path: PathBuf, source: sqlx::Error },

    #[error(
        "The pet store's database `{}` has tables this version doesn't know how to use. \
         Move the file away to start with a new one.",
        path.display()
    )]
    Migrate {
        path: PathBuf,
        source: sqlx::migrate::MigrateError,
    },

    #[error(
        "The pet store can't put its first pets into `{}`. Check that the disk has room.",
        path.display()
    )]
    Seed { path: PathBuf, source: sqlx::Error },

    #[error("The pet store's listener failed.")]
    Listener(#[from] io::Error),
}
