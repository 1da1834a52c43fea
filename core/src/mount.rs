//! Which tools a user sees.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use url::Url;

use crate::{ApiId, Deployment, Origin, SecurityRequirement, SecurityScheme, Slug};

/// An API in a user's namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// The user's name for it.
    pub slug: Slug,
    pub api: ApiId,
    /// Whether the user registered the API, and so may change and delete it.
    pub owned: bool,
}

/// A tool in a user's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountedTool {
    pub slug: Slug,
    /// The tool's own name, without the slug.
    pub name: String,
    /// Upper case.
    pub method: String,
    pub path: String,
    /// The MCP `Tool` object as JSON text, with the tool's own name.
    pub listing: Arc<str>,
}

/// Everything a call of one tool by one user needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolRoute {
    pub tool: String,
    /// As it is sent.
    pub method: String,
    /// The path template as the specification has it.
    pub path: String,
    /// The URL that the path is appended to; `None` where the specification
    /// names no server and the user no base URL.
    pub base: Option<Url>,
    pub deployment: Deployment,
    /// Where the server may send its request.
    pub origins: Vec<Origin>,
    pub security: SecurityRequirement,
    /// The schemes that `security` names.
    pub schemes: Vec<(String, SecurityScheme)>,
}
