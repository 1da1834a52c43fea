//! `toolmill call API.TOOL ARGUMENTS`.

use std::io::Read;

use toolmill_core::split_tool_name;

use super::Context;
use crate::args::Call;
use crate::client::{CallToolResult, ContentBlock, JsonObject, McpClient};
use crate::failure::{Code, Failure, Result};
use crate::ui;

/// Prints the answer; a tool's error is printed too, and makes exit code 1.
pub async fn call(context: &Context, args: Call) -> Result<()> {
    let (slug, tool) = split_tool_name(&args.tool).ok_or_else(|| {
        Failure::new(format!("`{}` names no tool.", args.tool))
            .hint("Write `API.TOOL`, such as `petstore.getPetById`; `toolmill tools` lists them.")
    })?;
    let arguments = arguments(&args.arguments)?;
    let instance = context.instance().await?;
    let client = McpClient::connect(&instance.mcp_url(), Some(instance.token())).await?;
    let result = client.call(&format!("{slug}__{tool}"), arguments).await;
    client.close().await;
    let result = result?;
    if context.json {
        ui::json(&result);
    } else {
        print(&result);
    }
    match result.is_error {
        Some(true) => Err(
            Failure::new(format!("`{}` answered with an error.", args.tool)).code(Code::ToolError),
        ),
        _ => Ok(()),
    }
}

fn arguments(text: &str) -> Result<JsonObject> {
    let read = if let Some(path) = text.strip_prefix('@') {
        std::fs::read_to_string(path)
    } else if text == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        Ok(text.to_owned())
    };
    let text =
        read.map_err(|error| Failure::new("The arguments cannot be read.").because(&error))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::new("The arguments are no JSON object.")
            .because(&error)
            .hint("Such as '{\"petId\": 1}', in quotes for the shell.")
    })
}

fn print(result: &CallToolResult) {
    if let Some(value) = &result.structured_content {
        ui::say(serde_json::to_string_pretty(value).unwrap_or_default());
        return;
    }
    for block in &result.content {
        match block {
            ContentBlock::Text(text) => ui::say(&text.text),
            other => ui::say(serde_json::to_string(other).unwrap_or_default()),
        }
    }
}
