//! IR → files.
//!
//! Rust items are made as tokens and printed by prettyplease, so that a text of
//! the specification can only ever be one string literal; whole files are laid
//! out by templates, which take nothing of the specification but identifiers.

mod body;
mod manifest;
mod readme;
mod rust;
mod security;
mod server;
mod tests;
mod tools;

use std::collections::BTreeMap;

pub use manifest::manifest;
use toolmill_templates::generated as template;

use crate::diagnostic::Diagnostics;
use crate::files::FileSet;
use crate::ir::Api;
use crate::lock;
use crate::options::Options;

/// Writes an API down as the files of a crate.
#[must_use]
pub fn render(api: &Api, options: &Options) -> FileSet {
    let package = options.package();
    let manifest = manifest(api);
    let mut files = BTreeMap::new();
    let mut add = |path: &str, text: String| files.insert(path.to_owned(), text.into_bytes());
    add(
        "Cargo.toml",
        template::cargo_toml(&template::CargoToml { package: &package }),
    );
    add(".gitignore", template::GITIGNORE.to_owned());
    add(".dockerignore", template::DOCKERIGNORE.to_owned());
    add("Dockerfile", template::DOCKERFILE.to_owned());
    add("README.md", readme::readme(api, &package));
    add("tools.json", manifest::text(&manifest));
    add("src/main.rs", template::MAIN.to_owned());
    add("src/server.rs", server::file(api));
    add("src/security.rs", security::file(api));
    for (path, text) in tools::files(api) {
        add(&path, text);
    }
    add("tests/wire.rs", tests::wire(api, &package));
    files.insert(
        api.source.format.file_name().to_owned(),
        api.source.bytes.to_vec(),
    );
    for (path, bytes) in options.runtime.iter() {
        files.insert(format!("{}{path}", FileSet::RUNTIME), bytes.clone());
    }
    let lock = lock::render(api, &options.generator_version, &files);
    files.insert("toolmill.lock".to_owned(), lock.into_bytes());
    if let Some(cargo_lock) = &options.cargo_lock {
        files.insert("Cargo.lock".to_owned(), cargo_lock.clone().into_bytes());
    }
    files.insert(
        "src/extra.rs".to_owned(),
        template::EXTRA.to_owned().into_bytes(),
    );
    FileSet {
        package,
        files,
        manifest,
        diagnostics: Diagnostics::default(),
    }
}
