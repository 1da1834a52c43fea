//! A manifest's tools one by one, as listing and calling need them.

use toolmill_core::{Error, Manifest, Origin, Result, SecurityScheme, Tool};
use url::Url;

/// What is stored of one tool beside its names.
pub(crate) struct ToolRecord {
    /// The MCP `Tool` object.
    pub listing: String,
    /// The schemes that the tool's security requirement names.
    pub schemes: Vec<(String, SecurityScheme)>,
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
