//! The answer of a server, read only as far as the hub must.

use std::fmt::Write as _;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response};
use http_body_util::{BodyExt, Limited};
use toolmill_core::{Endpoint, Slug};

use super::Fault;
use crate::json::{Members, quoted, share};
use crate::pieces::Pieces;
use crate::pool::Pooled;

/// An answer is read whole, so that a broken one becomes an error that the
/// client can read. What a tool shows is far smaller.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// JSON-RPC: the arguments are not what the tool takes; the server failed.
const PASSED_ON: [&str; 2] = ["-32602", "-32603"];
/// Members of results that clients from before 2026-07-28 do not know.
const MODERN_ONLY: [&str; 3] = ["resultType", "ttlMs", "cacheScope"];

/// A JSON-RPC answer.
#[derive(Debug)]
pub(crate) enum Answer {
    Result {
        result: Bytes,
        is_error: bool,
    },
    /// The error object.
    Error(Bytes),
}

impl Answer {
    /// Whether the tool failed.
    pub(super) fn is_error(&self) -> bool {
        match self {
            Self::Result { is_error, .. } => *is_error,
            Self::Error(_) => true,
        }
    }
}

/// A result as clients from before 2026-07-28 expect it.
pub(crate) fn legacy(result: &Bytes) -> Bytes {
    let Some(members) = std::str::from_utf8(result)
        .ok()
        .and_then(|text| Members::parse(text).ok())
    else {
        return result.clone();
    };
    if !members.iter().any(|(name, _)| MODERN_ONLY.contains(&name)) {
        return result.clone();
    }
    let mut kept = String::with_capacity(result.len());
    for (name, value) in members
        .iter()
        .filter(|(name, _)| !MODERN_ONLY.contains(name))
    {
        let separator = if kept.is_empty() { '{' } else { ',' };
        let written = write!(kept, "{separator}{}:{}", quoted(name), value.get());
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    kept.push_str(if kept.is_empty() { "{}" } else { "}" });
    kept.into()
}

pub(super) async fn read(
    slug: &Slug,
    answer: Response<Pooled<Endpoint, Pieces>>,
) -> Result<Answer, Fault> {
    let (head, body) = answer.into_parts();
    if !is_json(&head.headers) {
        let reason = format!("HTTP status {} and no JSON", head.status);
        return Err(Fault::unusable(slug, reason));
    }
    let whole = match Limited::new(body, MAX_BYTES).collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(error) => {
            return Err(match error.downcast::<hyper::Error>() {
                Ok(source) => Fault::BrokenOff {
                    slug: slug.clone(),
                    source: *source,
                },
                Err(error) => Fault::unusable(slug, error.to_string()),
            });
        }
    };
    parse(&whole).map_err(|reason| Fault::unusable(slug, reason))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

fn parse(whole: &Bytes) -> Result<Answer, String> {
    let text = std::str::from_utf8(whole).map_err(|_| "it is not UTF-8")?;
    let message = Members::parse(text).map_err(|error| error.to_string())?;
    match (message.get("result"), message.get("error")) {
        (Some(result), None) => {
            let members = Members::parse(result.get()).map_err(|error| error.to_string())?;
            Ok(Answer::Result {
                is_error: members.get("isError").is_some_and(|is| is.get() == "true"),
                result: share(whole, result),
            })
        }
        (None, Some(error)) => {
            let members = Members::parse(error.get()).map_err(|error| error.to_string())?;
            match members.get("code").map(|code| code.get()) {
                Some(code) if PASSED_ON.contains(&code) => Ok(Answer::Error(share(whole, error))),
                code => Err(format!(
                    "an error of the protocol, with code {}",
                    code.and_then(|code| code.parse::<i64>().ok())
                        .unwrap_or_default()
                )),
            }
        }
        _ => Err("it is neither a result nor an error".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_clients_get_results_without_later_members() {
        let strip = |text: &'static str| legacy(&Bytes::from_static(text.as_bytes()));
        let result =
            r#"{"resultType":"complete","content":[{"a":1e400}],"ttlMs":1,"isError":false}"#;
        assert_eq!(
            strip(result),
            r#"{"content":[{"a":1e400}],"isError":false}"#
        );
        assert_eq!(strip(r#"{"resultType":"complete"}"#), "{}");
        assert_eq!(strip(r#"{ "content": [] }"#), r#"{ "content": [] }"#);
    }

    #[test]
    fn only_answers_are_taken() {
        let parsed = |text: &'static str| parse(&Bytes::from_static(text.as_bytes()));
        let ok = parsed(r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#);
        assert!(
            matches!(ok, Ok(Answer::Result { is_error: false, result }) if result == r#"{"content":[]}"#)
        );
        let failed = parsed(r#"{"id":1,"result":{"isError":true}}"#);
        assert!(failed.is_ok_and(|answer| answer.is_error()));
        assert!(matches!(
            parsed(r#"{"error":{"code":-32602}}"#),
            Ok(Answer::Error(_))
        ));
        for text in [
            "",
            "[]",
            "{}",
            "\u{0}",
            r#"{"result":[]}"#,
            r#"{"result":{},"error":{}}"#,
            r#"{"error":{"code":-32020}}"#,
            r#"{"result":{},"result":{}}"#,
        ] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
