//! `toolmill tools [API]`.

use super::Context;
use crate::failure::Result;
use crate::ui::{self, Table};

pub async fn tools(context: &Context, api: Option<&str>) -> Result<()> {
    let instance = context.instance().await?;
    let mut tools = Vec::new();
    for slug in instance.slugs(api).await? {
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
