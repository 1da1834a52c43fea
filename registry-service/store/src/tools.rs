//! A manifest's tools one by one, as listing and calling need them.

use toolmill_core::{Error, Manifest, Origin, Result, SecurityScheme, Tool};
use url::Url;

/// What is stored of one tool beside its names.
pub(crate) struct ToolRecord {
    /// The MCP `Tool` object.
    pub listing: String,
    /// The schemes that the tool's security requirement names.
    pub schemes: Vec<(String, SecurityScheme)>,
    /// The server that the whole API's paths are appended to.
    pub server: Option<String>,
    /// Read from the specification, so none of them is literal.
    pub origins: Vec<Origin>,
}

impl ToolRecord {
    pub(crate) fn of(manifest: &Manifest, tool: &Tool) -> Result<Self> {
        let unlistable = |source| {
            let message = format!(
                "The schemas of the tool `{}` are not JSON objects.",
                tool.name
            );
            Error::internal(message, source)
        };
        let listing = manifest.listing(tool).map_err(unlistable)?;
        Ok(Self {
            listing: serde_json::to_string(&listing).map_err(unlistable)?,
            server: manifest.servers.first().cloned(),
            schemes: schemes(manifest, tool),
            origins: origins(manifest),
        })
    }
}

fn schemes(manifest: &Manifest, tool: &Tool) -> Vec<(String, SecurityScheme)> {
    let named = |name: &str| tool.security.iter().flatten().any(|scheme| scheme == name);
    manifest
        .security_schemes
        .iter()
        .filter(|(name, _)| named(name))
        .map(|(name, scheme)| (name.clone(), scheme.clone()))
        .collect()
}

/// The origins of the whole API's servers. A server that a single operation
/// names adds none: the credentials are for the API, and one line deep within a
/// specification must not send them elsewhere.
fn origins(manifest: &Manifest) -> Vec<Origin> {
    let mut origins = Vec::new();
    for server in &manifest.servers {
        let origin = Url::parse(server)
            .ok()
            .and_then(|url| Origin::of(&url, false));
        if let Some(origin) = origin.filter(|origin| !origins.contains(origin)) {
            origins.push(origin);
        }
    }
    origins
}

/// Where a tool's path is appended, as its server sees it: the operation's own
/// server counts before the API's, and a relative one is of the API's origin.
pub(crate) fn base(server: Option<&str>, own: Option<&str>) -> Option<Url> {
    let api = server.and_then(|server| Url::parse(server).ok());
    let Some(own) = own else { return api };
    match api {
        Some(api) if !own.contains("://") => {
            let slash = if own.starts_with('/') { "" } else { "/" };
            api.join(&format!("{slash}{own}")).ok()
        }
        _ => Url::parse(own).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operations_own_server_counts_first() {
        let api = Some("https://api.example:444/v1");
        for (server, own, expected) in [
            (api, None, api),
            (
                api,
                Some("https://up.example/x"),
                Some("https://up.example/x"),
            ),
            (api, Some("/v2"), Some("https://api.example:444/v2")),
            (api, Some("v2/"), Some("https://api.example:444/v2/")),
            (api, Some("//up.example"), Some("https://up.example/")),
            (
                Some("/v1"),
                Some("https://up.example/"),
                Some("https://up.example/"),
            ),
            (Some("/v1"), None, None),
            (Some("/v1"), Some("/v2"), None),
            (None, None, None),
        ] {
            let found = base(server, own);
            assert_eq!(
                found.as_ref().map(Url::as_str),
                expected,
                "{server:?} {own:?}"
            );
        }
    }
}
