//! The files of a generated crate that are more layout than content.
//!
//! Nothing of a specification's text enters a template of a file that is
//! compiled or run, other than identifiers from an allow-list and Rust items that
//! were made as tokens. The README's views hold text that is escaped already.

use serde::Serialize;

use crate::engine::render;

/// `src/main.rs`.
pub const MAIN: &str = include_str!("../templates/crate/main.rs");

/// `src/extra.rs`, as it is before its owner writes into it.
pub const EXTRA: &str = include_str!("../templates/crate/extra.rs");

/// `Dockerfile`, which is the same for every API.
pub const DOCKERFILE: &str = include_str!("../templates/crate/Dockerfile");

/// `.gitignore`.
pub const GITIGNORE: &str = include_str!("../templates/crate/gitignore");

/// `.dockerignore`.
pub const DOCKERIGNORE: &str = include_str!("../templates/crate/dockerignore");

/// `Cargo.toml`.
#[derive(Debug, Serialize)]
pub struct CargoToml<'a> {
    /// `[a-z][a-z0-9-]*`.
    pub package: &'a str,
}

/// `src/tools/mod.rs`.
#[derive(Debug, Serialize)]
pub struct Tools<'a> {
    /// Rust identifiers, sorted.
    pub modules: &'a [&'a str],
}

/// `tests/wire.rs`.
#[derive(Debug, Serialize)]
pub struct Wire<'a> {
    pub package: &'a str,
    /// Rust items: `CREDENTIALS`, `CREDENTIAL_HEADERS` and `CASES`.
    pub tables: &'a str,
}

/// `README.md`. All text is Markdown.
#[derive(Debug, Serialize)]
pub struct Readme<'a> {
    pub title: String,
    pub version: String,
    pub package: &'a str,
    /// The file that holds the specification.
    pub document: &'a str,
    /// Where the API is unless told otherwise.
    pub server: Option<String>,
    pub schemes: Vec<ReadmeScheme<'a>>,
    pub tools: Vec<ReadmeTool<'a>>,
}

#[derive(Debug, Serialize)]
pub struct ReadmeScheme<'a> {
    pub environment: &'a str,
    pub meaning: String,
}

#[derive(Debug, Serialize)]
pub struct ReadmeTool<'a> {
    pub name: &'a str,
    pub request: String,
    pub title: String,
}

#[must_use]
pub fn cargo_toml(view: &CargoToml<'_>) -> String {
    render("crate/manifest.toml", view)
}

#[must_use]
pub fn tools(view: &Tools<'_>) -> String {
    render("crate/tools.rs", view)
}

#[must_use]
pub fn wire(view: &Wire<'_>) -> String {
    render("crate/wire.rs", view)
}

#[must_use]
pub fn readme(view: &Readme<'_>) -> String {
    render("crate/README.md", view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_renders() {
        assert!(
            cargo_toml(&CargoToml {
                package: "petstore-mcp"
            })
            .contains("name = \"petstore-mcp\"")
        );
        assert!(
            tools(&Tools {
                modules: &["order", "pet"]
            })
            .ends_with("pub mod order;\npub mod pet;\n")
        );
        assert!(!tools(&Tools { modules: &[] }).contains("mod "));
        let wire = wire(&Wire {
            package: "petstore-mcp",
            tables: "const CASES: &[Case] = &[];",
        });
        assert!(wire.contains("CARGO_BIN_EXE_petstore-mcp") && wire.contains("CASES: &[Case]"));
    }

    #[test]
    fn the_readme_has_a_row_for_each_tool() {
        let readme = readme(&Readme {
            title: "Pets".to_owned(),
            version: "1".to_owned(),
            package: "pets-mcp",
            document: "openapi.yaml",
            server: None,
            schemes: vec![ReadmeScheme {
                environment: "CREDENTIAL_KEY",
                meaning: "a key".to_owned(),
            }],
            tools: vec![ReadmeTool {
                name: "getPet",
                request: "GET /pet".to_owned(),
                title: "Get a pet".to_owned(),
            }],
        });
        assert!(readme.contains("It offers 1 tool.\n"));
        assert!(readme.contains("| `CREDENTIAL_KEY` | a key |\n"));
        assert!(readme.contains("| `getPet` | GET /pet | Get a pet |\n"));
    }
}
