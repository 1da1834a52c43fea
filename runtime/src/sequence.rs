//! Sequences of values: JSON Lines, JSON text sequences (RFC 7464) and event streams (WHATWG HTML,
//! section 9.2.6).

use serde_json::{Map, Value};

/// The items of a sequence; nothing where the media type, in lower case, is of none, or where some
/// item can not be read.
pub(crate) fn items(media_type: &str, text: &str) -> Option<Vec<Value>> {
    let is_lines = matches!(
        media_type,
        "application/jsonl"
            | "application/jsonlines"
            | "application/ndjson"
            | "application/x-jsonlines"
            | "application/x-ndjson"
    );
    if media_type == "text/event-stream" {
        Some(events(text))
    } else if is_lines {
        values(text.lines())
    } else if media_type.ends_with("json-seq") {
        values(text.split('\u{1e}'))
    } else {
        None
    }
}

fn values<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Vec<Value>> {
    texts
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| serde_json::from_str(text).ok())
        .collect()
}

/// Each event as an object of its fields (OpenAPI 3.2, "Server-Sent Events").
fn events(text: &str) -> Vec<Value> {
    let mut events = Vec::new();
    let mut event = Map::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A line may end in any of three ways, and none of them begins an empty line.
    for line in text.replace("\r\n", "\n").replace('\r', "\n").split('\n') {
        if line.is_empty() {
            flush(&mut event, &mut events);
        } else {
            read_field(line, &mut event);
        }
    }
    flush(&mut event, &mut events);
    events
}

fn read_field(line: &str, event: &mut Map<String, Value>) {
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    let value = value.strip_prefix(' ').unwrap_or(value);
    match name {
        "data" => match event.get_mut(name) {
            Some(Value::String(data)) => {
                data.push('\n');
                data.push_str(value);
            }
            _ => drop(event.insert(name.to_owned(), value.into())),
        },
        "event" | "id" => drop(event.insert(name.to_owned(), value.into())),
        "retry" => {
            if let Ok(milliseconds) = value.parse::<u64>() {
                event.insert(name.to_owned(), milliseconds.into());
            }
        }
        // A comment, or a field that there is not.
        _ => {}
    }
}

fn flush(event: &mut Map<String, Value>, events: &mut Vec<Value>) {
    if !event.is_empty() {
        events.push(Value::Object(std::mem::take(event)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sequences_are_read_by_their_media_types() {
        for (media_type, text, expected) in [
            (
                "application/jsonl",
                "{\"a\":1}\n\n2\r\n",
                Some(json!([{"a": 1}, 2])),
            ),
            (
                "application/geo+json-seq",
                "\u{1e}[1]\n\u{1e}{\n}\n",
                Some(json!([[1], {}])),
            ),
            (
                "text/event-stream",
                ": hello\r\nevent: add\r\ndata: a\r\ndata:b\r\nid: 7\r\n\r\nretry: 10\nretry: x\n\n\ndata",
                Some(json!([
                    {"event": "add", "data": "a\nb", "id": "7"},
                    {"retry": 10},
                    {"data": ""}
                ])),
            ),
            ("application/x-ndjson", "{}\n{", None),
            ("text/plain", "1\n2", None),
        ] {
            let found = items(media_type, text).map(Value::Array);
            assert_eq!(found, expected, "{media_type}");
        }
    }
}
