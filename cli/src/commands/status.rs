//! `toolmill status [API]`: exit code 0 where the instance is ready, else 1.

use std::time::Duration;

use serde_json::json;

use super::Context;
use super::show::state_word;
use crate::failure::{Failure, Result};
use crate::instance::lock;
use crate::ui::{self, Table};

pub async fn status(context: &Context, api: Option<&str>) -> Result<()> {
    let lock_file = context.directories.lock_file();
    let holder = lock::listening(&lock_file, Duration::from_secs(1)).await?;
    let Some(holder) = holder else {
        if context.json {
            ui::json(&json!({ "running": false }));
        }
        let data = context.directories.data.display();
        return Err(
            Failure::new(format!("No instance runs on the data directory `{data}`."))
                .hint("`toolmill up SPEC` starts one."),
        );
    };
    let instance = context.instance().await?;
    let ready = instance.is_ready().await;
    let mut apis = Vec::new();
    for slug in instance.slugs(api).await? {
        apis.push(instance.status(&slug).await?);
    }
    if context.json {
        let url = instance.mcp_url();
        let about = instance.about().await?;
        ui::json(&json!({
            "running": true,
            "ready": ready,
            "pid": holder.pid,
            "mcp_url": url,
            "engine": about.engine,
            "instance": about.instance,
            "apis": apis,
        }));
    } else {
        let ready = if ready { "ready" } else { "not ready" };
        ui::say(format!(
            "{ready}, process {}, {}",
            holder.pid,
            instance.mcp_url()
        ));
        let mut table = Table::new(["API", "VERSION", "SERVER", "STATE"]);
        for api in &apis {
            for server in &api.servers {
                table.row([
                    api.slug.to_string(),
                    api.version.to_string(),
                    server.key.clone(),
                    server.state.map_or("not made", state_word).to_owned(),
                ]);
            }
        }
        table.print("There are no servers.");
    }
    if ready {
        Ok(())
    } else {
        Err(Failure::new("The instance runs but is not ready."))
    }
}
