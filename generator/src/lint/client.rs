//! The clients and providers that tools are held against, by what their refusals say.

use std::fmt;

use serde::Serialize;

/// Who takes the tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Client {
    /// Claude's apps, Claude Code and Anthropic's API.
    Claude,
    /// ChatGPT and OpenAI's API, functions that are not strict.
    #[serde(rename = "ChatGPT")]
    ChatGpt,
    Cursor,
    #[serde(rename = "VS Code")]
    VsCode,
    /// The official SDKs, and with them whoever is built on them.
    #[serde(rename = "MCP SDKs")]
    Sdks,
    #[serde(rename = "MCP Inspector")]
    Inspector,
    /// OpenAI's strict functions and Gemini's function declarations, which only tools with
    /// strict input schemas are held against.
    #[serde(rename = "strict providers")]
    Strict,
}

impl Client {
    pub const ALL: [Self; 7] = [
        Self::Claude,
        Self::ChatGpt,
        Self::Cursor,
        Self::VsCode,
        Self::Sdks,
        Self::Inspector,
        Self::Strict,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claude => "Claude",
            Self::ChatGpt => "ChatGPT",
            Self::Cursor => "Cursor",
            Self::VsCode => "VS Code",
            Self::Sdks => "MCP SDKs",
            Self::Inspector => "MCP Inspector",
            Self::Strict => "strict providers",
        }
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
