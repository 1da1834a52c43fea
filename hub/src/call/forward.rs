//! The request as its server gets it.

use std::fmt::Write as _;
use std::sync::LazyLock;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Request};
use toolmill_core::Error;

use super::Fault;
use crate::json::{Members, quoted};
use crate::mcp::{META_PREFIX, MODERN};
use crate::pieces::Pieces;

const GRANT: HeaderName = HeaderName::from_static("toolmill-grant");
const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// What the hub tells every server of itself: the server talks to the hub,
/// which can do none of the optional things on the client's behalf.
static META: LazyLock<String> = LazyLock::new(|| {
    format!(
        r#""{META_PREFIX}protocolVersion":"{MODERN}","{META_PREFIX}clientCapabilities":{{}},"{META_PREFIX}clientInfo":{{"name":"toolmill-hub","version":"{}"}}"#,
        env!("CARGO_PKG_VERSION")
    )
});

/// What of a client's `tools/call` goes to the server.
#[derive(Debug)]
pub(crate) struct Forwarded<'a> {
    /// The arguments as they came.
    pub(crate) arguments: Option<Bytes>,
    /// The client's `_meta`; what it says of the client stays here.
    pub(crate) meta: &'a Members<'a>,
}

/// The request of one tool call. Its JSON-RPC id is always 1, since it is the
/// only one of its kind: every call is its own HTTP request.
pub(super) fn request(
    tool: &str,
    forwarded: &Forwarded<'_>,
    grant: &str,
) -> Result<Request<Pieces>, Fault> {
    let mut grant = header(grant)?;
    grant.set_sensitive(true);
    let body = body(tool, forwarded);
    let mut request = Request::new(body);
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = http::Uri::from_static("/mcp");
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_static("localhost"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(
        ACCEPT,
        HeaderValue::from_static("application/json, text/event-stream"),
    );
    headers.insert(PROTOCOL_VERSION, HeaderValue::from_static(MODERN));
    headers.insert(METHOD, HeaderValue::from_static("tools/call"));
    headers.insert(NAME, header(tool)?);
    headers.insert(GRANT, grant);
    Ok(request)
}

fn header(text: &str) -> Result<HeaderValue, Fault> {
    HeaderValue::try_from(text)
        .map_err(|error| Fault::Platform(Error::internal("A value does not fit a header.", error)))
}

fn body(tool: &str, forwarded: &Forwarded<'_>) -> Pieces {
    let mut head = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":{},"_meta":{{{}"#,
        quoted(tool),
        *META
    );
    for (name, value) in forwarded.meta.iter() {
        if !stays_here(name) {
            let written = write!(head, ",{}:{}", quoted(name), value.get());
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
    }
    head.push('}');
    match forwarded.arguments.clone() {
        Some(arguments) => {
            head.push_str(r#","arguments":"#);
            Pieces::from([head.into(), arguments, Bytes::from_static(b"}}")])
        }
        None => Pieces::from([head.into(), Bytes::from_static(b"}}")]),
    }
}

/// The protocol's own members are the hub's to say; progress would be sent to
/// the hub, which answers once.
fn stays_here(name: &str) -> bool {
    name.starts_with(META_PREFIX) || name == "progressToken"
}
