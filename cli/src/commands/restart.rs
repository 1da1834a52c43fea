//! `toolmill restart API`.

use super::Context;
use crate::failure::Result;
use crate::ui;

pub async fn restart(context: &Context, api: &str) -> Result<()> {
    let status = context.instance().await?.restart(api).await?;
    if context.json {
        ui::json(&status);
    } else {
        ui::say(format!("The servers of `{api}` run anew."));
    }
    Ok(())
}
