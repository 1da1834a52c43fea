//! The ordinary request, answered without a detour.
//!
//! Nearly all that a server is asked is one `tools/call` of 2026-07-28 in one `POST`, answered by
//! one JSON message. rmcp gives each such request a service, a task and a channel of its own, and
//! reads and writes it several times over. So a request that is in every respect as it should be is
//! answered here, and every other goes to rmcp, which knows all versions, options and refusals: the
//! answers are the same.

use std::{borrow::Cow, fmt, marker::PhantomData};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HOST, ORIGIN},
};
use http_body_util::Full;
use rmcp::model::{
    CallToolResult, ClientCapabilities, ContentBlock, Implementation, JsonObject, MetaObject,
    RequestId, ResultType,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;

use crate::{
    call::Context,
    mcp::Handler,
    message, values,
    write::{self, Json, Text},
};

/// The version that is answered here.
const VERSION: &str = "2026-07-28";
const METHOD: &str = "tools/call";
const JSON: &str = "application/json";
pub(crate) const JSON_TYPE: HeaderValue = HeaderValue::from_static(JSON);
const EVENTS: &str = "text/event-stream";

/// Bytes that most answers do not exceed.
const USUAL_ANSWER: usize = 4 * 1024;

const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const MCP_METHOD: HeaderName = HeaderName::from_static("mcp-method");
const MCP_NAME: HeaderName = HeaderName::from_static("mcp-name");
const MCP_PARAM: &str = "mcp-param-";

/// Whether a request's head, for one of these hosts, is an ordinary one.
pub(crate) fn is_ordinary<B>(request: &Request<B>, hosts: &[String]) -> bool {
    let headers = request.headers();
    let is = |name: &HeaderName, value: &str| only(headers, name) == Some(value);
    request.method() == Method::POST
        && request.uri().authority().is_none()
        && !headers.contains_key(ORIGIN)
        && is(&PROTOCOL_VERSION, VERSION)
        && is(&MCP_METHOD, METHOD)
        && is(&CONTENT_TYPE, JSON)
        && only(headers, &ACCEPT).is_some_and(accepts_both)
        && only(headers, &HOST).is_some_and(|host| is_one_of(host, hosts))
        && !headers
            .keys()
            .any(|name| name.as_str().starts_with(MCP_PARAM))
}

/// The answer to an ordinary request; nothing where its body is not, or where its values take more
/// than `room` bytes.
pub(crate) async fn answer(
    handler: &Handler,
    headers: &HeaderMap,
    body: &[u8],
    mut room: usize,
) -> Option<Response<Full<Bytes>>> {
    let Object(message) = serde_json::from_slice::<Object<Message<'_>>>(body).ok()?;
    let Object(Params {
        name,
        arguments,
        meta: Object(meta),
    }) = message.params;
    let is_ordinary = message.jsonrpc == "2.0"
        && message.method == METHOD
        && meta.version == VERSION
        && only(headers, &MCP_NAME) == Some(&name);
    if !is_ordinary || !meta.describes_client(&mut room) {
        return None;
    }
    let id = message::id(message.id)?;
    let arguments = match arguments {
        Some(arguments) => values::object(arguments, &mut room)?,
        None => JsonObject::new(),
    };
    let context = Context::new(Some(headers), |name| match name {
        "traceparent" => meta.traceparent.as_ref().map(Option::as_deref),
        _ => meta.tracestate.as_ref().map(Option::as_deref),
    });
    let result = handler.call(&name, arguments, context).await?;
    let answer = Answer {
        jsonrpc: "2.0",
        id,
        result: Identified::of(&result, handler.info()),
    };
    // The call has been made: it must not go on to rmcp, and be made again.
    let Ok(bytes) = write::to_vec(&answer, USUAL_ANSWER) else {
        let mut failed = Response::new(Full::default());
        *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return Some(failed);
    };
    let mut response = Response::new(Full::from(bytes));
    response.headers_mut().insert(CONTENT_TYPE, JSON_TYPE);
    Some(response)
}

/// A header that came once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn accepts_both(accept: &str) -> bool {
    let accepts = |wanted| accept.split(',').any(|one| one.trim() == wanted);
    accepts(JSON) && accepts(EVENTS)
}

/// Whether a `Host` header names one of these, at any port.
fn is_one_of(host: &str, hosts: &[String]) -> bool {
    hosts
        .iter()
        .any(|known| match host.strip_prefix(known.as_str()) {
            Some("") => true,
            Some(rest) => rest
                .strip_prefix(':')
                .is_some_and(|port| port.parse::<u16>().is_ok()),
            None => false,
        })
}

/// A request that says nothing which is not looked at here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message<'a> {
    #[serde(borrow)]
    jsonrpc: Cow<'a, str>,
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Object<Params<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow, rename = "_meta")]
    meta: Object<Meta<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta<'a> {
    #[serde(borrow, rename = "io.modelcontextprotocol/protocolVersion")]
    version: Cow<'a, str>,
    #[serde(borrow, rename = "io.modelcontextprotocol/clientCapabilities")]
    capabilities: &'a RawValue,
    #[serde(borrow, rename = "io.modelcontextprotocol/clientInfo")]
    client: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    traceparent: Option<Option<Cow<'a, str>>>,
    #[serde(borrow, default, deserialize_with = "present")]
    tracestate: Option<Option<Cow<'a, str>>>,
}

impl Meta<'_> {
    /// Whether what is said of the client is as MCP has it.
    fn describes_client(&self, room: &mut usize) -> bool {
        is::<ClientCapabilities>(self.capabilities, room)
            && self
                .client
                .is_none_or(|client| is::<Implementation>(client, room))
    }
}

/// Whether a text is an object of this kind that says nothing twice.
fn is<T: DeserializeOwned>(text: &RawValue, room: &mut usize) -> bool {
    values::object(text, room).is_some_and(|members| T::deserialize(members).is_ok())
}

/// What is there, be it `null`.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A JSON object. The structs alone would take a list of their fields' values as well.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    jsonrpc: &'static str,
    id: RequestId,
    result: Identified<'a>,
}

/// A result that says whose it is, without a copy of that.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identified<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    result_type: Option<&'a ResultType>,
    content: Blocks<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    structured_content: Option<Json<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_error: Option<bool>,
    #[serde(rename = "_meta")]
    meta: IdentifiedMeta<'a>,
}

struct Blocks<'a>(&'a [ContentBlock]);

impl Serialize for Blocks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Block::of))
    }
}

/// A part of a result; a plain text is written in another way than by rmcp, to the same.
#[derive(Serialize)]
#[serde(untagged)]
enum Block<'a> {
    Text {
        r#type: &'static str,
        text: Text<'a>,
    },
    Other(&'a ContentBlock),
}

impl<'a> Block<'a> {
    fn of(block: &'a ContentBlock) -> Self {
        match block {
            ContentBlock::Text(plain) if plain.meta.is_none() && plain.annotations.is_none() => {
                Self::Text {
                    r#type: "text",
                    text: Text(&plain.text),
                }
            }
            other => Self::Other(other),
        }
    }
}

#[derive(Serialize)]
struct IdentifiedMeta<'a> {
    #[serde(flatten)]
    given: Option<&'a MetaObject>,
    #[serde(rename = "io.modelcontextprotocol/serverInfo")]
    server: &'a Implementation,
}

impl<'a> Identified<'a> {
    fn of(result: &'a CallToolResult, server: &'a Implementation) -> Self {
        Self {
            result_type: result.result_type.as_ref(),
            content: Blocks(&result.content),
            structured_content: result.structured_content.as_ref().map(Json),
            is_error: result.is_error,
            meta: IdentifiedMeta {
                given: result.meta.as_ref(),
                server,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mcp::SERVER_INFO;

    #[test]
    fn results_are_written_as_rmcp_writes_them() {
        let server = Implementation::new("petstore-mcp", "1").with_title("Petstore");
        let mut result = CallToolResult::success(vec![
            ContentBlock::text("{\"a\":\"\\n\"}"),
            ContentBlock::image("AA==", "image/png"),
        ]);
        result.structured_content = Some(json!({"a": "\n"}));
        for mut result in [result, CallToolResult::error(Vec::new())] {
            for is_noted in [false, true] {
                if is_noted {
                    let meta = result.meta.insert(MetaObject::new());
                    meta.insert("toolmill/status".into(), json!(404));
                }
                let written = write::to_vec(&Identified::of(&result, &server), 0).expect("JSON");
                let mut whole = result.clone();
                let meta = whole.meta.get_or_insert_with(MetaObject::new);
                meta.insert(SERVER_INFO.into(), json!(server));
                let expected = serde_json::to_string(&whole);
                let written = String::from_utf8(written).expect("text");
                assert_eq!(written, expected.expect("JSON"));
            }
        }
    }
}
