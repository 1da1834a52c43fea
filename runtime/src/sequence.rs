//! Sequences of values: JSON Lines, JSON text sequences (RFC 7464) and event streams (WHATWG HTML,
//! section 9.2.6).

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

/// The items of a sequence as the JSON of a list; nothing where the media type, in lower case, is of
/// none, or where some item is no JSON.
pub(crate) fn list(media_type: &str, text: &str) -> Option<String> {
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

fn values<'a>(texts: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut list = List::default();
    for text in texts.map(str::trim).filter(|text| !text.is_empty()) {
        serde_json::from_str::<IgnoredAny>(text).ok()?;
        list.push(text);
    }
    Some(list.end())
}

#[derive(Default)]
struct List(String);

impl List {
    fn push(&mut self, item: &str) {
        self.0.push(if self.0.is_empty() { '[' } else { ',' });
        self.0.push_str(item);
    }

    fn end(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('[');
        }
        self.0.push(']');
        self.0
    }
}

/// Each event as an object of its fields (OpenAPI 3.2, "Server-Sent Events").
fn events(text: &str) -> String {
    let mut events = List::default();
    let mut event = Map::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut is_after_return = false;
    // A line may end in any of three ways, and none of them begins an empty line.
    for line in text.split_inclusive(['\r', '\n']) {
        let is_rest_of_end = line == "\n" && is_after_return;
        is_after_return = line.ends_with('\r');
        if is_rest_of_end {
            continue;
        }
        match line.trim_end_matches(['\r', '\n']) {
            "" => flush(&mut event, &mut events),
            line => read_field(line, &mut event),
        }
    }
    flush(&mut event, &mut events);
    events.end()
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

fn flush(event: &mut Map<String, Value>, events: &mut List) {
    if !event.is_empty() {
        events.push(&Value::Object(std::mem::take(event)).to_string());
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
            ("application/x-ndjson", "\n", Some(json!([]))),
            ("application/x-ndjson", "{}\n{", None),
            ("text/plain", "1\n2", None),
        ] {
            let found = list(media_type, text).map(|list| list.parse::<Value>().expect("JSON"));
            assert_eq!(found, expected, "{media_type}");
        }
    }
}
