//! `toolmill user add|list`.

use super::Context;
use crate::args::User;
use crate::failure::Result;
use crate::ui::{self, Table};

pub async fn user(context: &Context, command: User) -> Result<()> {
    match command {
        User::Add { name } => add(context, &name).await,
        User::List => list(context).await,
    }
}

async fn add(context: &Context, name: &str) -> Result<()> {
    let user = context.instance().await?.add_user(name).await?;
    if context.json {
        ui::json(&user);
    } else {
        ui::note(format!("The token of `{name}`; it is shown only now:"));
        ui::say(user["token"].as_str().unwrap_or_default());
    }
    Ok(())
}

async fn list(context: &Context) -> Result<()> {
    let users = context.instance().await?.users().await?;
    if context.json {
        ui::json(&users);
        return Ok(());
    }
    let mut table = Table::new(["USER", "ROLE"]);
    for user in &users {
        let text = |field: &str| user[field].as_str().unwrap_or_default().to_owned();
        table.row([text("name"), text("role")]);
    }
    table.print("There are no users.");
    Ok(())
}
