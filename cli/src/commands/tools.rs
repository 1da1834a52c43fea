//! `toolmill tools [API | API.TOOL]`.

use serde_json::{Map, Value};
use toolmill_core::split_tool_name;

use super::Context;
use crate::client::{Instance, McpClient};
use crate::failure::{Code, Failure, Result};
use crate::ui::{self, Table};

pub async fn tools(context: &Context, name: Option<&str>) -> Result<()> {
    let instance = context.instance().await?;
    if let Some((api, tool)) = name.and_then(split_tool_name) {
        return one(context, &instance, api, tool).await;
    }
    let mut tools = Vec::new();
    for slug in instance.slugs(name).await? {
        tools.extend(instance.tools(&slug).await?);
    }
    if context.json {
        ui::json(&tools);
        return Ok(());
    }
    let mut table = Table::new(["TOOL", "METHOD", "PATH", "TITLE"]);
    for tool in tools {
        table.row([tool.name, tool.method, tool.path, tool.title]);
    }
    table.print("There are no tools.");
    Ok(())
}

/// A tool as clients see it.
async fn one(context: &Context, instance: &Instance, api: &str, tool: &str) -> Result<()> {
    // Says so where there is no such API.
    instance.api(api).await?;
    let name = format!("{api}__{tool}");
    let client = McpClient::connect(&instance.mcp_url(), Some(instance.token())).await?;
    let listed = client.tools().await;
    client.close().await;
    let found = listed?.into_iter().find(|listed| listed.name == name);
    let found = found.ok_or_else(|| {
        Failure::new(format!("`{api}` has no tool `{}`.", tool.escape_debug()))
            .code(Code::NotFound)
            .hint(format!("`toolmill tools {api}` lists them."))
    })?;
    if context.json {
        ui::json(&found);
        return Ok(());
    }
    ui::say(&name);
    ui::say(found.description.as_deref().unwrap_or_default());
    ui::say("");
    arguments(&found.input_schema);
    ui::say("\nInput schema:");
    ui::say(serde_json::to_string_pretty(&found.input_schema).unwrap_or_default());
    if let Some(schema) = &found.output_schema {
        ui::say("\nOutput schema:");
        ui::say(serde_json::to_string_pretty(schema).unwrap_or_default());
    }
    Ok(())
}

fn arguments(schema: &Map<String, Value>) {
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut table = Table::new(["ARGUMENT", "TYPE", "REQUIRED", "DESCRIPTION"]);
    for (name, schema) in properties.into_iter().flatten() {
        let required = required.is_some_and(|names| names.iter().any(|known| known == name));
        let description = schema["description"].as_str().unwrap_or_default();
        table.row([
            name.clone(),
            kind(schema),
            if required { "yes" } else { "no" }.to_owned(),
            description.lines().next().unwrap_or_default().to_owned(),
        ]);
    }
    table.print("It takes no arguments.");
}

/// The types a schema names, or the shared schema it refers to.
fn kind(schema: &Value) -> String {
    let reference = schema["$ref"].as_str();
    match (&schema["type"], reference) {
        (Value::String(kind), _) => kind.clone(),
        (Value::Array(kinds), _) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            kinds.collect::<Vec<_>>().join(" or ")
        }
        (_, Some(reference)) => reference.trim_start_matches("#/$defs/").to_owned(),
        _ => "any".to_owned(),
    }
}
