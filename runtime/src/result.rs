//! What the API answered, as an MCP tool result.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{
    StatusCode,
    header::{CONTENT_TYPE, LOCATION, RETRY_AFTER},
};
use rmcp::model::{CallToolResult, ContentBlock, MetaObject, ResourceContents};
use serde_json::{Map, Value, json};

use crate::{
    Answer, excerpt, sanitize, sequence,
    shorten::beginning,
    shown::{self, Notes, Question, SHOWN_OF_REFUSAL},
    upstream::{SendError, wait},
    values,
};

/// The header by which the egress broker marks its own refusals.
pub(crate) const BROKER_ERROR: &str = "toolmill-broker-error";

/// The `_meta` key that says whether the same call may be made again without doing anything twice.
const RETRYABLE: &str = "toolmill/retryable";

/// The largest image or sound that is handed over: with its base64 a message stays below 1 MiB,
/// which is the most that a common client takes.
const LARGEST_MEDIA: usize = 700 * 1024;

/// Bytes of a location that are shown.
const LONGEST_LOCATION: usize = 2 * 1024;

/// What some APIs write before their text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How a tool publishes its answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Clients expect structured content, since the tool has an output schema.
    pub(crate) documented: bool,
    /// Structured content stands below `result`.
    pub(crate) wrapped: bool,
}

/// A fault before anything was answered.
pub(crate) fn fault(text: impl Into<String>) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(text)])
}

/// A request that got no answer.
pub(crate) fn unsent(error: &SendError) -> CallToolResult {
    let mut meta = MetaObject::new();
    meta.insert(RETRYABLE.into(), error.is_retryable().into());
    fault(error.to_string()).with_meta(Some(meta))
}

/// A value that a hand-written tool gave.
pub(crate) fn of_value(value: Value, shape: Shape) -> CallToolResult {
    let text = value.to_string();
    structured(value, text, shape)
}

/// The API's answer.
pub(crate) fn of_answer(answer: &Answer, shape: Shape, question: &Question<'_>) -> CallToolResult {
    if let Some(code) = answer.headers.get(BROKER_ERROR) {
        return broker_refusal(answer, &String::from_utf8_lossy(code.as_bytes()));
    }
    let kind = Kind::of(answer, shape, question.shown);
    if !answer.status.is_success() && answer.status != StatusCode::NOT_MODIFIED {
        return refusal(answer, &kind);
    }
    let result = if answer.body.is_empty() {
        plain(ContentBlock::text(status_line(answer.status)), shape)
    } else {
        success(answer, kind, shape, question).unwrap_or_else(fault)
    };
    with_location(result, answer)
}

/// Tells where what was made or begun is to be found (RFC 9110, section 10.2.2), since many APIs
/// name it nowhere else.
fn with_location(mut result: CallToolResult, answer: &Answer) -> CallToolResult {
    if !matches!(answer.status, StatusCode::CREATED | StatusCode::ACCEPTED) {
        return result;
    }
    let location = answer.headers.get(LOCATION);
    if let Some(location) = location.and_then(|value| value.to_str().ok()) {
        let text = format!("Location: {}", beginning(location, LONGEST_LOCATION));
        result.content.push(ContentBlock::text(text));
    }
    result
}

fn success(
    answer: &Answer,
    kind: Kind<'_>,
    shape: Shape,
    question: &Question<'_>,
) -> Result<CallToolResult, String> {
    let (result, notes) = match kind {
        Kind::Json(value, text) => {
            let (value, text, notes) = shown::json(answer, value, text, question)?;
            (structured(value, text, shape), notes)
        }
        Kind::Long(whole) => match shown::long(answer, &whole, question)? {
            Some((value, text, notes)) => (structured(value, text, shape), notes),
            None => {
                let text = sanitize::text(whole.into_owned());
                return success(answer, Kind::Text(text), shape, question);
            }
        },
        Kind::Text(text) => {
            let (text, mut notes) = shown::text(answer, text, question)?;
            if is_json(&essence(content_type(answer))) {
                notes.warn(vec!["The answer says that it is JSON, and is not.".into()]);
            }
            let structure = shape.documented.then(|| json!({ "result": text }));
            let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
            result.structured_content = structure;
            (result, notes)
        }
        Kind::Image(media_type) if is_one_piece(answer, question) => {
            let data = STANDARD.encode(&answer.body);
            let image = ContentBlock::image(data, media_type);
            (plain(image, shape), Notes::default())
        }
        Kind::Audio(media_type) if is_one_piece(answer, question) => {
            let data = STANDARD.encode(&answer.body);
            let audio = ContentBlock::audio(data, media_type);
            (plain(audio, shape), Notes::default())
        }
        Kind::Image(media_type) | Kind::Audio(media_type) | Kind::Binary(media_type) => {
            let (piece, notes) = shown::bytes(&answer.body, question)?;
            let uri = format!("toolmill:{}/answer", answer.tool);
            let blob = ResourceContents::blob(STANDARD.encode(piece), uri);
            let resource = ContentBlock::resource(blob.with_mime_type(media_type));
            (plain(resource, shape), notes)
        }
    };
    Ok(notes.add_to(result))
}

/// Whether an image or a sound, of which a piece is worth nothing, is shown whole.
fn is_one_piece(answer: &Answer, question: &Question<'_>) -> bool {
    answer.body.len() <= LARGEST_MEDIA && question.view.from.is_none()
}

/// An answer's body, by its media type.
enum Kind<'a> {
    Json(Value, String),
    /// JSON that is too large to be shown in full.
    Long(Cow<'a, str>),
    Text(String),
    Image(String),
    Audio(String),
    Binary(String),
}

impl<'a> Kind<'a> {
    fn of(answer: &'a Answer, shape: Shape, shown: usize) -> Self {
        let declared = content_type(answer);
        let media_type = essence(declared);
        if is_json(&media_type) || media_type.is_empty() {
            // What says that it is JSON and is not stays a success, as text. A byte order mark may
            // be ignored (RFC 8259, section 8.1).
            let body = answer.body.strip_prefix(BYTE_ORDER_MARK);
            let text = std::str::from_utf8(body.unwrap_or(&answer.body)).ok();
            if let Some(json) = text.and_then(|text| Self::json(text.into(), shown)) {
                return json;
            }
        }
        // A documented sequence is the list of its items.
        if shape.documented && shape.wrapped && answer.status.is_success() {
            let text = text_of(&answer.body, declared);
            let list = sequence::list(&media_type, &text);
            if let Some(json) = list.and_then(|list| Self::json(list.into(), shown)) {
                return json;
            }
        }
        match media_type.split_once('/') {
            _ if is_text(&media_type) => {
                Self::Text(sanitize::text(text_of(&answer.body, declared)))
            }
            Some(("image", _)) => Self::Image(media_type),
            Some(("audio", _)) => Self::Audio(media_type),
            None if std::str::from_utf8(&answer.body).is_ok() => {
                Self::Text(sanitize::text(text_of(&answer.body, declared)))
            }
            Some(_) => Self::Binary(media_type),
            None => Self::Binary("application/octet-stream".into()),
        }
    }

    /// A text as JSON, where it is that.
    fn json(text: Cow<'a, str>, shown: usize) -> Option<Self> {
        if text.len() > shown {
            return excerpt::is_json(&text).then_some(Self::Long(text));
        }
        let (value, repeats) = values::of_answer(&text)?;
        // What counts for nothing is not shown, nor looked at for hidden characters.
        let text = match repeats {
            true => value.to_string(),
            false => text.into_owned(),
        };
        let (value, text) = sanitize::json(value, text);
        Some(Self::Json(value, text))
    }
}

fn content_type(answer: &Answer) -> &str {
    let declared = answer.headers.get(CONTENT_TYPE);
    let declared = declared.and_then(|value| value.to_str().ok());
    declared.unwrap_or_default()
}

/// A media type without its parameters.
fn essence(declared: &str) -> String {
    let essence = declared.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn is_json(media_type: &str) -> bool {
    media_type.ends_with("/json") || media_type.ends_with("+json")
}

fn is_text(media_type: &str) -> bool {
    const TEXTS: &[&str] = &[
        "application/graphql",
        "application/javascript",
        "application/json-seq",
        "application/jsonl",
        "application/jsonlines",
        "application/ld+json",
        "application/ndjson",
        "application/sql",
        "application/toml",
        "application/x-jsonlines",
        "application/x-ndjson",
        "application/x-www-form-urlencoded",
        "application/x-yaml",
        "application/xml",
        "application/yaml",
    ];
    media_type.starts_with("text/")
        || is_json(media_type)
        || media_type.ends_with("+json-seq")
        || media_type.ends_with("+xml")
        || media_type.ends_with("+yaml")
        || TEXTS.contains(&media_type)
}

/// A text in its character set: UTF-8, or Latin-1 where the API says so.
fn text_of(body: &[u8], content_type: &str) -> String {
    let lower = content_type.to_ascii_lowercase();
    let latin = lower.contains("charset=iso-8859-1") || lower.contains("charset=\"iso-8859-1\"");
    match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) if latin => body.iter().copied().map(char::from).collect(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}

/// JSON, as structured content and as text. Clients take only objects, so the rest is wrapped.
fn structured(value: Value, text: String, shape: Shape) -> CallToolResult {
    let (value, text) = match value {
        Value::Object(_) if !shape.wrapped => (value, text),
        value => {
            let text = format!("{{\"result\":{text}}}");
            (
                Value::Object(Map::from_iter([("result".to_owned(), value)])),
                text,
            )
        }
    };
    let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
    result.structured_content = Some(value);
    result
}

/// Content that is no JSON. Where the tool documents its answers, clients insist on an object.
fn plain(content: ContentBlock, shape: Shape) -> CallToolResult {
    let mut result = CallToolResult::success(vec![content]);
    result.structured_content = shape.documented.then(|| json!({}));
    result
}

/// An answer that is no success: its status and whatever text it came with.
fn refusal(answer: &Answer, kind: &Kind<'_>) -> CallToolResult {
    let mut text = status_line(answer.status);
    if answer.status.is_redirection() {
        text.push_str(" (only redirects within the API are followed, and only by requests that change nothing)");
    }
    if let Some(after) = answer
        .headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
    {
        text.push_str("\nRetry-After: ");
        text.push_str(after);
    }
    match kind {
        Kind::Json(_, body) | Kind::Text(body) if !body.is_empty() => {
            push_beginning(&mut text, body);
        }
        Kind::Long(body) => push_beginning(&mut text, body),
        Kind::Image(media_type) | Kind::Audio(media_type) | Kind::Binary(media_type)
            if !answer.body.is_empty() =>
        {
            text.push_str(&format!(
                "\n\n({} bytes of {media_type})",
                answer.body.len()
            ));
        }
        _ => {}
    }
    let mut meta = MetaObject::new();
    meta.insert("toolmill/status".into(), answer.status.as_u16().into());
    if let Some(seconds) = wait::asked(answer.status, &answer.headers) {
        meta.insert("toolmill/retryAfter".into(), seconds.as_secs().into());
    }
    fault(text).with_meta(Some(meta))
}

fn push_beginning(text: &mut String, body: &str) {
    let shown = beginning(body, SHOWN_OF_REFUSAL);
    text.push_str("\n\n");
    text.push_str(&sanitize::text(shown.to_owned()));
    if shown.len() < body.len() {
        text.push_str(&format!("… ({} bytes in all)", body.len()));
    }
}

/// A refusal by the egress broker, whose body is a problem document (RFC 9457).
fn broker_refusal(answer: &Answer, code: &str) -> CallToolResult {
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let member = |name: &str| problem.get(name).and_then(Value::as_str);
    let text = match member("detail").or_else(|| member("title")) {
        Some(text) => text.to_owned(),
        None => format!("The platform's egress broker refused the request (`{code}`)."),
    };
    let mut meta = MetaObject::new();
    meta.insert("toolmill/brokerError".into(), code.into());
    fault(text).with_meta(Some(meta))
}

fn status_line(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("HTTP {} {reason}", status.as_u16()),
        None => format!("HTTP {}", status.as_u16()),
    }
}
