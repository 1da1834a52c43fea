//! `toolmill token`.

use secrecy::ExposeSecret;
use serde_json::json;

use super::Context;
use crate::failure::Result;
use crate::instance::token as token_file;
use crate::ui;

pub fn token(context: &Context) -> Result<()> {
    let token = token_file::read(&context.directories.token_file())?;
    if context.json {
        ui::json(&json!({ "token": token.expose_secret() }));
    } else {
        ui::say(token.expose_secret());
    }
    Ok(())
}
