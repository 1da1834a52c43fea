//! Hostile specifications, and hostile arguments, answers and neighbours while servers
//! run (the runtime cases R01 to R28 of the requirements, and the synthesised ones s01 to
//! s06), through real clients. A test is called after its case: `r12_…`, `s03_…`.
//!
//! | case | where |
//! |---|---|
//! | R01 to R06 | `arguments.rs` |
//! | R07, R08, R13, R22 | `hub.rs` |
//! | R09 to R11 | `redirects.rs`, through the hub `hub.rs` |
//! | R12 | `hub.rs`, `rebinding.rs`, `hub/tests/it/rebinding.rs` |
//! | R14 to R16, R19 to R21 | `answers.rs`; R19 through the hub `hub/tests/it/redaction.rs` |
//! | R17 | `http2.rs`, `tls.rs`, `hub/tests/it/tls.rs` |
//! | R18 | `tls.rs`, `hub/tests/it/tls.rs` |
//! | R23 to R25 | `admission.rs` |
//! | R26, R27 | `deployer/tests/it/process.rs`, `deployer/tests/it/docker` |
//! | R28 | `cli/tests/it/secrets.rs` |
//! | s01, s02, s04 | `imports.rs` |
//! | s03 | `fetching.rs` |
//! | s05, s06 | `generator/tests/it/twins.rs`, `generator/tests/it/fuzz` |

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
pub mod identity;
#[path = "../../../../hub/tests/it/support/names.rs"]
mod names;
#[path = "../../../../hub/tests/it/support/namespace.rs"]
mod namespace;
#[path = "../../../../hub/tests/it/support/peers.rs"]
mod peers;

use serde_json::{Map, Value, json};

use crate::support::recorder::Upstream;
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

/// Arguments for `putFile`, as they are written, and what they say twice.
const TWICE: [(&str, Option<&str>); 4] = [
    (
        r#"{"id":"7","name":"a.txt","a":"x","any":[{"c":1.50},{"c":12345678901234567890}]}"#,
        None,
    ),
    (r#"{"id":"7","name":"a.txt","a":"x","a":"y"}"#, Some("/a")),
    (
        r#"{"id":"7","name":"a.txt","a":"x","\u0061":"y"}"#,
        Some("/a"),
    ),
    (
        r#"{"id":"7","name":"a.txt","a":"x","any":{"b/b":[0,{"c":1,"d":2,"c":1}]}}"#,
        Some("/any/b~1b/1/c"),
    ),
];

/// The answer names what is said twice, or is a success.
fn says(answer: &Value, twice: Option<&str>) {
    let result = &answer["result"];
    assert_eq!(result["isError"], twice.is_some(), "{answer}");
    if let Some(pointer) = twice {
        let text = result["content"][0]["text"].as_str().expect("a text");
        assert!(text.contains(&format!("`{pointer}` twice")), "{text}");
    }
}

/// Only what is said once was sent, and as it was written.
fn sends(upstream: &Upstream, twice: Option<&str>, times: usize) {
    let requests = upstream.take();
    assert_eq!(requests.len(), if twice.is_some() { 0 } else { times });
    for request in requests {
        let body = r#"{"a":"x","any":[{"c":1.50},{"c":12345678901234567890}]}"#;
        assert_eq!(request.text(), body);
    }
}
