//! What the hub says of itself, in the way of each era.

use axum::response::Response;
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::META_PREFIX;
use super::authenticate::Caller;
use super::endpoint::Endpoint;
use super::envelope::Request;
use super::era;
use super::reply::{self, Failure};

pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// How long a client may go without asking again, in milliseconds. Changes
/// reach those who listen at once.
pub(super) const FRESH_MS: u32 = 15_000;

const INSTRUCTIONS: &str = "The operations of web APIs, called as the user who is signed in. \
    A tool's name is the name of its API, two underscores, and the name of the operation. \
    Its description ends with the HTTP method and path it stands for. \
    Every tool also takes `_fields`, a list of the properties of its answer to show, \
    such as `[\"id\", \"owner.name\"]`.";

impl Endpoint {
    /// The handshake of the legacy era.
    pub(super) fn initialize(
        &self,
        caller: &Caller,
        request: &Request<'_>,
    ) -> Result<Response, Failure> {
        let requested = request.string("protocolVersion")?.unwrap_or_default();
        let result = json!({
            "protocolVersion": era::negotiated(&requested),
            "capabilities": capabilities(),
            "serverInfo": server_info(),
            "instructions": INSTRUCTIONS,
        });
        let session = self
            .sessions
            .open(&caller.ctx, &caller.token)
            .and_then(|id| HeaderValue::try_from(id).ok())
            .ok_or_else(|| Failure::internal("No session could be opened. Try again later."))?;
        let mut response = reply::result(request.id, result.to_string());
        response.headers_mut().insert(SESSION, session);
        Ok(response)
    }
}

/// `server/discover` of the modern era.
pub(super) fn discover(request: &Request<'_>) -> Response {
    let result = json!({
        "resultType": "complete",
        "supportedVersions": era::ALL,
        "capabilities": capabilities(),
        "instructions": INSTRUCTIONS,
        "ttlMs": FRESH_MS,
        "cacheScope": "private",
        "_meta": meta(),
    });
    reply::result(request.id, result.to_string())
}

/// The `_meta` of every result of the modern era.
pub(super) fn meta() -> Value {
    json!({ format!("{META_PREFIX}serverInfo"): server_info() })
}

fn capabilities() -> Value {
    json!({"tools": {"listChanged": true}})
}

fn server_info() -> Value {
    json!({"name": "toolmill", "title": "Toolmill", "version": env!("CARGO_PKG_VERSION")})
}
