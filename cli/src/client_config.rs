//! What to put into the configuration of common MCP clients.

use std::path::Path;

use serde_json::json;

/// One block for each client, ready to be pasted.
pub fn blocks(url: &str, token: &str, data: &Path) -> String {
    let authorization = format!("Bearer {token}");
    let remote = json!({ "url": url, "headers": { "Authorization": authorization } });
    let mut typed = json!({ "type": "http" });
    if let (Some(typed), Some(remote)) = (typed.as_object_mut(), remote.as_object()) {
        typed.extend(remote.clone());
    }
    let program = std::env::current_exe().unwrap_or_else(|_| "toolmill".into());
    let bridge = json!({ "command": program, "args": ["connect", "--data-dir", data] });
    let blocks = [
        (
            "Claude Code",
            format!(
                "claude mcp add --transport http toolmill {url} --header \"Authorization: {authorization}\""
            ),
        ),
        (
            "Claude Desktop (claude_desktop_config.json)",
            servers("mcpServers", &bridge),
        ),
        ("Cursor (.cursor/mcp.json)", servers("mcpServers", &remote)),
        ("VS Code (.vscode/mcp.json)", servers("servers", &typed)),
    ];
    blocks
        .map(|(client, block)| format!("{client}\n{}\n", indent(&block)))
        .join("\n")
}

fn servers(key: &str, server: &serde_json::Value) -> String {
    serde_json::to_string_pretty(&json!({ key: { "toolmill": server } })).unwrap_or_default()
}

fn indent(block: &str) -> String {
    block
        .lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
