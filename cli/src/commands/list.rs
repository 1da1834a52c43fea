//! `toolmill list`.

use toolmill_registry::ApiView;

use super::Context;
use crate::failure::Result;
use crate::ui::{self, Table};

pub async fn list(context: &Context) -> Result<()> {
    let apis = context.instance().await?.apis().await?;
    if context.json {
        ui::json(&apis);
        return Ok(());
    }
    let mut table = Table::new(["API", "VERSION", "STATE", "TOOLS", "OWNER"]);
    for api in &apis {
        let owner = if api.owned { "you" } else { "another" };
        table.row([
            api.slug.to_string(),
            api.version.to_string(),
            state(api),
            api.tools.to_string(),
            owner.to_owned(),
        ]);
    }
    table.print("No API is registered. `toolmill up SPEC` registers one.");
    Ok(())
}

/// Where the newest version is, in a word or two.
pub fn state(api: &ApiView) -> String {
    match (&api.failure, api.mounted, api.reached) {
        (Some(failure), _, _) => format!("failed at {}", failure.step),
        (None, true, _) => "mounted".to_owned(),
        (None, false, Some(step)) => format!("after {step}"),
        (None, false, None) => "new".to_owned(),
    }
}
