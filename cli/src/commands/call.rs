//! `toolmill call API.TOOL ARGUMENTS`.

use std::io::Read;

use toolmill_core::split_tool_name;
use toolmill_generator::{Limits, parse};

use super::Context;
use crate::args::Call;
use crate::client::{CallToolResult, ContentBlock, Instance, JsonObject, McpClient};
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
    let result = match result {
        Ok(result) => result,
        Err(failure) => return Err(unknown(&instance, slug, tool, failure).await),
    };
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

/// Says what there is, where what was called is not.
async fn unknown(instance: &Instance, slug: &str, tool: &str, failure: Failure) -> Failure {
    let Ok(apis) = instance.apis().await else {
        return failure;
    };
    if !apis.iter().any(|api| api.slug.as_str() == slug) {
        let names = apis.iter().map(|api| format!("`{}`", api.slug));
        let names = names.collect::<Vec<_>>().join(", ");
        let hint = match apis.len() {
            0 => "None is registered; `toolmill up SPEC` registers one.".to_owned(),
            1 => format!("There is {names}."),
            _ => format!("There are {names}."),
        };
        return Failure::new(format!("There is no API `{}`.", slug.escape_debug()))
            .code(Code::NotFound)
            .hint(hint);
    }
    let name = format!("{slug}__{tool}");
    match instance.tools(slug).await {
        Ok(tools) if !tools.iter().any(|known| known.name == name) => {
            let message = format!("`{slug}` has no tool `{}`.", tool.escape_debug());
            Failure::new(message)
                .code(Code::NotFound)
                .hint(format!("`toolmill tools {slug}` lists them."))
        }
        _ => failure,
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
    let arguments = serde_json::from_str(&text).map_err(|error| {
        Failure::new("The arguments are no JSON object.")
            .because(&error)
            .hint("Such as '{\"petId\": 1}', in quotes for the shell.")
    })?;
    // It takes the last of two values of the same name; the reader of specifications takes neither, and
    // is to have no limits here.
    let limits = Limits {
        document_bytes: usize::MAX,
        document_nodes: usize::MAX,
        scalar_bytes: usize::MAX,
        ..Limits::default()
    };
    parse(text.as_bytes(), &limits).map_err(|ambiguous| {
        Failure::new("The arguments cannot be understood in one way only.")
            .because(&ambiguous)
            .hint("Name each argument once.")
    })?;
    Ok(arguments)
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
