//! What was done in whose name.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Ok,
    /// The tool answered with an error.
    Error,
    /// The platform did not let it happen.
    Refused,
}

/// One line of a tenant's audit log. It holds no argument and no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// `call`, `credential.use`, `egress`, …
    pub action: String,
    /// What it was done to, such as `petstore__getPetById`.
    pub subject: String,
    pub outcome: Outcome,
    /// Why it was refused, or which credentials it took: never a value.
    pub detail: String,
}
