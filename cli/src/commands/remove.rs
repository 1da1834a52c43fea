//! `toolmill remove API`.

use serde_json::json;

use super::Context;
use crate::failure::Result;
use crate::ui;

pub async fn remove(context: &Context, api: &str) -> Result<()> {
    context.instance().await?.remove(api).await?;
    if context.json {
        ui::json(&json!({ "removed": api }));
    } else {
        ui::say(format!(
            "`{api}` is gone, with its servers and credentials."
        ));
    }
    Ok(())
}
