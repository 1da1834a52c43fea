//! Characters that a model or a terminal reads and a person does not see.
//!
//! What an API answers is not trusted: control characters, tag characters and direction overrides
//! are left out of everything that a client shows or a model reads.

use memchr::memmem;
use serde_json::Value;

/// Bytes that are looked at together.
const PIECE: usize = 64;

/// Whether a character is left out.
fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\r' | '\t' => false,
        // Overrides and isolates of direction, and tags (Unicode 16, sections 23.2 and 23.9).
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => character.is_control(),
    }
}

/// Whether there are characters in a text that are left out.
fn has_hidden(text: &str) -> bool {
    // Nearly all texts are plain ASCII for most of their length, which is seen many bytes at a time.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    let are_plain = |bytes: &[u8]| bytes.iter().fold(true, |all, &byte| all & is_plain(byte));
    let mut pieces = text.as_bytes().chunks(PIECE);
    !pieces.all(are_plain) && text.contains(is_hidden)
}

/// A text without hidden characters.
pub(crate) fn text(mut text: String) -> String {
    if has_hidden(&text) {
        text.retain(|character| !is_hidden(character));
    }
    text
}

/// A JSON value without hidden characters, and its text.
pub(crate) fn json(mut value: Value, text: String) -> (Value, String) {
    // Inside JSON text a hidden character is itself, or an escape.
    if !has_hidden(&text) && memmem::find(text.as_bytes(), b"\\u").is_none() {
        return (value, text);
    }
    match clean(&mut value) {
        true => {
            let text = value.to_string();
            (value, text)
        }
        false => (value, text),
    }
}

/// Cleans all texts and names in a value; tells whether there was anything to clean.
fn clean(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let length = text.len();
            text.retain(|character| !is_hidden(character));
            text.len() != length
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, item| clean(item) | any),
        Value::Object(members) => {
            let any = members
                .values_mut()
                .fold(false, |any, value| clean(value) | any);
            if !members.keys().any(|name| has_hidden(name)) {
                return any;
            }
            let cleaned = std::mem::take(members).into_iter();
            *members = cleaned
                .map(|(name, value)| (self::text(name), value))
                .collect();
            true
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_left_out_and_others_stay() {
        let shown = "a\n\tb é 👩\u{200d}🚀 \u{200f}";
        assert_eq!(text(shown.into()), shown);
        assert_eq!(text("a\u{1b}[31m\u{202e}b\u{e0041}\u{7f}".into()), "a[31mb");
    }

    #[test]
    fn escapes_in_json_are_seen_through() {
        for (given, cleaned) in [
            (r#"{"a":"\u001b[0m","n":1.10}"#, r#"{"a":"[0m","n":1.10}"#),
            (r#"["\u202e\udb40\udc41x"]"#, r#"["x"]"#),
            (r#"{"\u0007k":[{"v":"\u00e9"}]}"#, r#"{"k":[{"v":"é"}]}"#),
            (r#" {"a" : "\u00e9"}"#, r#" {"a" : "\u00e9"}"#),
        ] {
            let value = serde_json::from_str(given).expect("JSON");
            assert_eq!(json(value, given.into()).1, cleaned);
        }
    }
}
