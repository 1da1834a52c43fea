//! `toolmill example`: the example's upstream alone.

use std::net::Ipv4Addr;

use petstore_upstream::Options;
use tokio::net::TcpListener;

use super::Context;
use crate::args::Example;
use crate::failure::{Failure, Result};
use crate::ui;

/// Prints its URL, and serves until Ctrl-C.
pub async fn example(context: &Context, args: &Example) -> Result<()> {
    let folder = context.directories.examples();
    let failed = |error: &std::io::Error| {
        Failure::missing(
            "The example's upstream cannot be started.",
            "Choose another `--port`.",
        )
        .because(error)
    };
    std::fs::create_dir_all(&folder).map_err(|error| failed(&error))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await;
    let listener = listener.map_err(|error| failed(&error))?;
    let address = listener.local_addr().map_err(|error| failed(&error))?;
    ui::say(format!("http://{address}/"));
    let options = Options::demo(folder.join("petstore.db"));
    petstore_upstream::serve(listener, options, crate::instance::stop_asked())
        .await
        .map_err(|error| Failure::new("The example's upstream ended.").because(&error))
}
