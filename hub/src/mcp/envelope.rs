//! JSON-RPC 2.0 messages, decoded strictly: member names exact, none twice, so
//! that nobody behind the hub can read a message in another way.

use bytes::Bytes;
use serde_json::value::RawValue;

use super::reply::Failure;
use crate::json::{Members, share, string};

const ENVELOPE: [&str; 6] = ["jsonrpc", "id", "method", "params", "result", "error"];
const PARAMS: [&str; 5] = ["_meta", "name", "arguments", "cursor", "notifications"];

/// What a client sends.
#[derive(Debug)]
pub(super) enum Message<'a> {
    Request(Request<'a>),
    /// A notification, or an answer to a question that the hub never asks.
    Unanswered,
}

#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) id: &'a RawValue,
    pub(super) method: String,
    pub(super) params: Members<'a>,
    pub(super) meta: Members<'a>,
    body: &'a Bytes,
}

impl<'a> Request<'a> {
    /// A parameter that must be a string, where it is there.
    pub(super) fn string(&self, name: &str) -> Result<Option<String>, Failure> {
        let Some(value) = self.params.get(name) else {
            return Ok(None);
        };
        match string(value) {
            Some(text) => Ok(Some(text)),
            None => Err(Failure::invalid_params(format!(
                "`{name}` must be a string."
            ))),
        }
    }

    /// A parameter that must be an object, as it came; `null` counts as absent.
    pub(super) fn object(&self, name: &str) -> Result<Option<Bytes>, Failure> {
        match self.params.get(name) {
            None => Ok(None),
            Some(value) if value.get() == "null" => Ok(None),
            Some(value) if value.get().starts_with('{') => Ok(Some(share(self.body, value))),
            Some(_) => Err(Failure::invalid_params(format!(
                "`{name}` must be an object."
            ))),
        }
    }
}

/// Reads one message. A batch (JSON-RPC arrays) is refused, as revision
/// 2025-06-18 did away with them.
pub(super) fn decode(body: &Bytes) -> Result<Message<'_>, Failure> {
    let text =
        std::str::from_utf8(body).map_err(|_| Failure::parse_error("The message is not UTF-8."))?;
    if text.trim_start().starts_with('[') {
        return Err(Failure::invalid_request(
            "Batches are not supported. Send each message in a request of its own.",
        ));
    }
    let envelope = Members::parse(text).map_err(|error| {
        Failure::parse_error(format!("The message is not one JSON object: {error}."))
    })?;
    exact(&envelope, &ENVELOPE)?;
    if envelope.get("jsonrpc").map(RawValue::get) != Some("\"2.0\"") {
        return Err(Failure::invalid_request("`jsonrpc` must be \"2.0\"."));
    }
    let method = match (envelope.get("method"), envelope.get("id")) {
        (Some(method), Some(id)) => (method, id),
        (Some(_), None) => return Ok(Message::Unanswered),
        (None, _) if envelope.get("result").or(envelope.get("error")).is_some() => {
            return Ok(Message::Unanswered);
        }
        (None, _) => return Err(Failure::invalid_request("`method` is missing.")),
    };
    request(body, method, envelope.get("params")).map(Message::Request)
}

fn request<'a>(
    body: &'a Bytes,
    (method, id): (&'a RawValue, &'a RawValue),
    params: Option<&'a RawValue>,
) -> Result<Request<'a>, Failure> {
    if !is_id(id) {
        return Err(Failure::invalid_request(
            "`id` must be a string or an integer.",
        ));
    }
    let method =
        string(method).ok_or_else(|| Failure::invalid_request("`method` must be a string."))?;
    let params = object("params", params)?;
    exact(&params, &PARAMS)?;
    let meta = object("_meta", params.get("_meta"))?;
    Ok(Request {
        id,
        method,
        params,
        meta,
        body,
    })
}

fn object<'a>(name: &str, value: Option<&'a RawValue>) -> Result<Members<'a>, Failure> {
    match value {
        None => Ok(Members::default()),
        Some(value) if value.get() == "null" => Ok(Members::default()),
        Some(value) => Members::parse(value.get()).map_err(|error| {
            Failure::invalid_request(format!("`{name}` is not a usable JSON object: {error}."))
        }),
    }
}

fn exact(members: &Members<'_>, names: &[&str]) -> Result<(), Failure> {
    match members.lookalike(names) {
        None => Ok(()),
        Some(name) => Err(Failure::invalid_request(format!(
            "`{}` is not a member of this message. Names are case-sensitive.",
            name.escape_debug()
        ))),
    }
}

fn is_id(id: &RawValue) -> bool {
    let text = id.get();
    let digits = text.strip_prefix('-').unwrap_or(text);
    text.starts_with('"') || (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &'static str) -> bool {
        decode(&Bytes::from_static(text.as_bytes())).is_err()
    }

    #[test]
    fn ambiguous_messages_are_refused() {
        for text in [
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"a":1,"a":2}}}"#,
            r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
            r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":7}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
            r#"{"jsonrpc":"2.0","id":1}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping"} {}"#,
            "",
            "1",
        ] {
            assert!(refused(text), "{text}");
        }
    }

    #[test]
    fn parts_are_kept_as_they_came() {
        let body = Bytes::from_static(
            br#"{"jsonrpc":"2.0","id":"\u0061","method":"tools/call","params":{"name":"a__b","arguments":{"n": 1e400,"n":2},"_meta":null}}"#,
        );
        let Ok(Message::Request(request)) = decode(&body) else {
            panic!("it is a request");
        };
        assert_eq!(request.id.get(), r#""\u0061""#);
        assert_eq!(
            request.string("name").expect("a string").as_deref(),
            Some("a__b")
        );
        let arguments = request.object("arguments").expect("an object");
        assert_eq!(
            arguments.as_deref(),
            Some(br#"{"n": 1e400,"n":2}"#.as_slice())
        );
    }

    #[test]
    fn what_needs_no_answer_is_told_apart() {
        for text in [
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}"#,
        ] {
            let body = Bytes::from_static(text.as_bytes());
            assert!(matches!(decode(&body), Ok(Message::Unanswered)), "{text}");
        }
    }
}
