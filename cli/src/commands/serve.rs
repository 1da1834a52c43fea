//! `toolmill serve`: the instance in the foreground.

use serde_json::json;

use super::Context;
use crate::args::Serve;
use crate::failure::Result;
use crate::instance;
use crate::settings::ListenSettings;
use crate::ui;

pub async fn serve(context: &Context, args: &Serve) -> Result<()> {
    let settings = ListenSettings::from(&args.listen);
    let limits = context.instance_limits()?;
    let running = instance::start(&context.directories, settings, limits).await?;
    let url = context.instance().await?.mcp_url();
    if context.json {
        ui::json(&json!({ "mcp_url": url, "engine": running.engine() }));
    } else {
        ui::say(format!("{url}  (engine: {})", running.engine()));
    }
    instance::stop_asked().await;
    running.stop().await;
    Ok(())
}
