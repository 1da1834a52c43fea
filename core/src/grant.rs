//! The right to act upstream during one call.

use serde::{Deserialize, Serialize};

use crate::{ApiId, ServerKey, TenantCtx, VersionId};

/// Sealed by the vault and carried by the server in `Toolmill-Grant`; the
/// egress broker opens it. Good until its deadline, for requests of this tool's
/// operation only, or for the one request that an answer to such a one led to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grant {
    pub ctx: TenantCtx,
    pub api: ApiId,
    pub version: VersionId,
    /// The server it was given to: shown by another, it opens nothing.
    pub server: ServerKey,
    pub tool: String,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub deadline: i64,
    /// SHA-256 of the request that the API redirected the call to: nothing but
    /// that is granted then.
    pub redirect: Option<[u8; 32]>,
}

impl Grant {
    /// What all grants of one tool for one user have in common: one without a
    /// deadline and a redirect, which grants nothing.
    #[must_use]
    pub fn without_its_call(&self) -> Self {
        Self {
            deadline: 0,
            redirect: None,
            ..self.clone()
        }
    }
}
