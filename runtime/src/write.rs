//! JSON written as serde_json writes it, with long texts looked through many bytes at a time.

use std::io::{Result, Write};

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{
    Value,
    ser::{CharEscape, Formatter},
};

/// Bytes that are looked at together: as many as any 64-bit processor compares at once.
const LANES: usize = 16;

/// Writes a value, of about so many bytes. What of it is a [`Text`] or a [`Json`] takes less time.
///
/// # Errors
/// Where the value has no form in JSON.
pub(crate) fn to_vec(value: &impl Serialize, usual: usize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usual);
    value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut bytes, Texts,
    ))?;
    Ok(bytes)
}

/// A string, where [`to_vec`] writes it: to others it is a list of numbers.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0.as_bytes())
    }
}

/// A value with all its strings; for [`to_vec`] as well.
pub(crate) struct Json<'a>(pub(crate) &'a Value);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) => Text(text).serialize(serializer),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Json)),
            Value::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, &Json(value))?;
                }
                map.end()
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

/// Compact JSON, in which bytes are those of a string: nothing that is written here has others.
struct Texts;

impl Formatter for Texts {
    fn write_byte_array<W: ?Sized + Write>(&mut self, writer: &mut W, text: &[u8]) -> Result<()> {
        self.begin_string(writer)?;
        let mut rest = text;
        loop {
            let (plain, other) = rest.split_at(plain(rest));
            writer.write_all(plain)?;
            let Some((byte, more)) = other.split_first() else {
                break;
            };
            self.write_char_escape(writer, escape(*byte))?;
            rest = more;
        }
        self.end_string(writer)
    }
}

/// How many bytes there are before one that is escaped.
fn plain(text: &[u8]) -> usize {
    // Without a branch for each byte, all of them are compared at once.
    let is_plain = |lanes: &&[u8; LANES]| {
        !lanes
            .iter()
            .fold(false, |any, byte| any | is_escaped(*byte))
    };
    let (lanes, _) = text.as_chunks();
    let begin = LANES * lanes.iter().take_while(is_plain).count();
    let escaped = text[begin..].iter().position(|byte| is_escaped(*byte));
    escaped.map_or(text.len(), |place| begin + place)
}

/// Whether a byte can not stand in a string as it is (RFC 8259, section 7).
fn is_escaped(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\')
}

fn escape(byte: u8) -> CharEscape {
    match byte {
        b'"' => CharEscape::Quote,
        b'\\' => CharEscape::ReverseSolidus,
        b'\n' => CharEscape::LineFeed,
        b'\r' => CharEscape::CarriageReturn,
        b'\t' => CharEscape::Tab,
        0x08 => CharEscape::Backspace,
        0x0c => CharEscape::FormFeed,
        control => CharEscape::AsciiControl(control),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_what_serde_json_writes() {
        let all: String = (0..0x180).filter_map(char::from_u32).collect();
        let long = format!(
            "{}\"{}\\é\u{1f600}",
            "x".repeat(LANES),
            "y".repeat(3 * LANES)
        );
        for value in [
            json!({ "all": all, "long": long, "": "", all: [null, true, -1.50, {}, [], long] }),
            json!("x".repeat(LANES)),
            json!([]),
        ] {
            let written = to_vec(&Json(&value), 0).expect("JSON");
            assert_eq!(String::from_utf8(written).expect("text"), value.to_string());
        }
    }
}
