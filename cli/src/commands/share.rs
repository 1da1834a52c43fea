//! `toolmill share API --with USER`.

use serde_json::json;

use super::Context;
use crate::args::Share;
use crate::failure::Result;
use crate::ui;

pub async fn share(context: &Context, args: &Share) -> Result<()> {
    context
        .instance()
        .await?
        .share(&args.api, &args.with)
        .await?;
    if context.json {
        ui::json(&json!({ "shared": args.api, "with": args.with }));
    } else {
        ui::say(format!(
            "`{}` has the tools of `{}` now.",
            args.with, args.api
        ));
    }
    Ok(())
}
