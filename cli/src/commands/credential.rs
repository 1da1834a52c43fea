//! `toolmill credential set|list|remove`.

use serde_json::json;

use super::Context;
use crate::args::Credential;
use crate::failure::Result;
use crate::secret;
use crate::ui::{self, Table};

pub async fn credential(context: &Context, command: Credential) -> Result<()> {
    match command {
        Credential::Set { api, scheme, value } => {
            let value = secret::read(&scheme, &value)?;
            context
                .instance()
                .await?
                .put_credential(&api, &scheme, &value)
                .await?;
            done(context, &format!("The next call of `{api}` uses it."));
        }
        Credential::List { api } => list(context, &api).await?,
        Credential::Remove { api, scheme } => {
            context
                .instance()
                .await?
                .remove_credential(&api, &scheme)
                .await?;
            done(
                context,
                &format!("The credential for `{scheme}` is forgotten."),
            );
        }
    }
    Ok(())
}

fn done(context: &Context, message: &str) {
    if context.json {
        ui::json(&json!({ "done": true }));
    } else {
        ui::say(message);
    }
}

async fn list(context: &Context, api: &str) -> Result<()> {
    let credentials = context.instance().await?.credentials(api).await?;
    if context.json {
        ui::json(&credentials);
        return Ok(());
    }
    let mut table = Table::new(["CREDENTIAL", "KIND", "STORED"]);
    for credential in credentials {
        let stored = if credential.set { "yes" } else { "no" };
        table.row([
            credential.scheme,
            kind(credential.kind.as_ref()),
            stored.to_owned(),
        ]);
    }
    table.print("This API takes no credentials.");
    Ok(())
}

fn kind(scheme: Option<&toolmill_core::SecurityScheme>) -> String {
    use toolmill_core::SecurityScheme;
    match scheme {
        None => "no longer declared".to_owned(),
        Some(SecurityScheme::ApiKey { location, name }) => format!("{location} `{name}`"),
        Some(SecurityScheme::Http { scheme }) if scheme == "basic" => "user:password".to_owned(),
        Some(SecurityScheme::Http { scheme }) => format!("{scheme} token"),
        Some(SecurityScheme::MutualTls) => "client certificate and key, in PEM".to_owned(),
    }
}
