//! What was found in a specification, and where.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document, or the named operation, cannot be used.
    Error,
    /// Usable, but not wholly as written.
    Warning,
}

/// One finding. Lines and columns count from 1; a column counts characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// A stable name in kebab case, such as `duplicate-key`.
    pub code: String,
    pub severity: Severity,
    /// JSON pointer (RFC 6901) into the document; empty for the whole of it.
    pub pointer: String,
    pub line: u32,
    pub column: u32,
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}
