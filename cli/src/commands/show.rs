//! `toolmill show API`.

use serde_json::json;

use super::Context;
use super::list::state;
use crate::failure::Result;
use crate::ui::{self, Table, counted, show_diagnostic};

pub async fn show(context: &Context, api: &str) -> Result<()> {
    let instance = context.instance().await?;
    let view = instance.api(api).await?;
    let credentials = instance.credentials(api).await?;
    let status = instance.status(api).await?;
    if context.json {
        let servers = &status.servers;
        ui::json(&json!({ "api": view, "credentials": credentials, "servers": servers }));
        return Ok(());
    }
    ui::say(format!(
        "{} version {}, {}, {}",
        view.slug,
        view.version,
        state(&view),
        counted(usize::try_from(view.tools).unwrap_or(usize::MAX), "tool")
    ));
    if let Some(url) = &view.base_url {
        ui::say(format!("base URL   {url}"));
    }
    ui::say(format!("isolation  {}", view.isolation.as_str()));
    for server in &status.servers {
        let state = server.state.map_or("not made", state_word);
        ui::say(format!("server     {} {state}", server.key));
    }
    if !credentials.is_empty() {
        ui::say("");
        let mut table = Table::new(["CREDENTIAL", "STORED"]);
        for credential in &credentials {
            let stored = if credential.set { "yes" } else { "no" };
            table.row([credential.scheme.clone(), stored.to_owned()]);
        }
        table.print("");
    }
    if let Some(failure) = &view.failure {
        ui::warn(format!(
            "version {} failed at {}: {}",
            view.version, failure.step, failure.problem.detail
        ));
        failure.problem.diagnostics.iter().for_each(show_diagnostic);
    }
    view.diagnostics.iter().for_each(show_diagnostic);
    Ok(())
}

pub fn state_word(state: toolmill_core::ServerState) -> &'static str {
    use toolmill_core::ServerState;
    match state {
        ServerState::Stopped => "sleeps (a call starts it)",
        ServerState::Running => "runs",
        ServerState::Paused => "is paused (a call wakes it)",
    }
}
