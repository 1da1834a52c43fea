//! The database's file: who can read it, what happens to an older, a newer and
//! a damaged one, and what is left in it.

mod audit;
mod opening;
mod traces;

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use toolmill_core::{NewVersion, Principal, Role, SpecFormat, SystemCtx, Users};
use toolmill_store::SqliteStore;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder is made"))
    }

    fn database(&self) -> PathBuf {
        self.0.path().join("toolmill.db")
    }

    /// Every byte that SQLite has written there.
    fn bytes(&self) -> Vec<u8> {
        let files = fs::read_dir(self.0.path()).expect("the folder is read");
        files
            .flat_map(|file| fs::read(file.expect("it is an entry").path()).expect("it is read"))
            .collect()
    }
}

async fn opened(path: &Path) -> SqliteStore {
    SqliteStore::open(path).await.expect("the store opens")
}

async fn connected(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    options.connect().await.expect("the file opens")
}

async fn ann(store: &SqliteStore) -> Principal {
    let system = SystemCtx::for_the_platform();
    let ann = store.ensure_user(system, "ann", Role::Admin).await;
    ann.expect("the user is made")
}

fn spec() -> NewVersion {
    NewVersion {
        slug: "pets".parse().expect("it is a slug"),
        spec: vec![b'x'; 20_000],
        format: SpecFormat::Json,
        base_url: None,
        isolation: None,
        example: None,
        created_at: 0,
    }
}
