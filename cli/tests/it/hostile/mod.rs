//! Hostile specifications, and hostile arguments, answers and neighbours while servers
//! run (the runtime cases R01 to R28 of the requirements), through real clients.
//!
//! What needs more than a client and an API is tested where it happens: names that
//! resolve anew between check and dial (R12) in `hub/src/egress`, what a server's own
//! code may do (R26) and how much it may write (R27) in `deployer/tests`; where a credential
//! must not be found (R28) in `secrets.rs`.

mod admission;
mod answers;
mod arguments;
mod builds;
mod crates;
mod fetching;
mod http2;
mod hub;
mod imports;
mod oracle;
mod rebinding;
mod redirects;
mod registering;
mod specs;
mod tls;
mod world;

// What the hub's tests have too.
#[path = "../../../../hub/tests/it/support/identity.rs"]
mod identity;
#[path = "../../../../hub/tests/it/support/names.rs"]
mod names;
#[path = "../../../../hub/tests/it/support/namespace.rs"]
mod namespace;
#[path = "../../../../hub/tests/it/support/peers.rs"]
mod peers;

use serde_json::{Map, Value, json};

use crate::support::served::{Api, Start, specification};

const TOKEN: &str = "s3cret-token-of-forty-characters-0123456";

/// The server alone, with a credential.
async fn api() -> Api {
    let start = Start::of(specification("hostile"));
    start.credentials(json!({ "token": TOKEN })).start().await
}

/// Arguments for `getFile`, with one more.
fn file(name: &str, value: impl Into<Value>) -> Value {
    let mut arguments = Map::new();
    arguments.insert("id".to_owned(), json!("7"));
    arguments.insert("name".to_owned(), json!("a.txt"));
    arguments.insert(name.to_owned(), value.into());
    Value::Object(arguments)
}
