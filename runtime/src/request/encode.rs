//! Percent-encoding (RFC 3986, section 2.1) for each place of a request.

use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};

/// All but unreserved characters: a value can neither end nor begin anything.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Names of query parameters: what many APIs put into names and every server takes raw stays.
const NAME: &AsciiSet = &VALUE
    .remove(b'$')
    .remove(b'@')
    .remove(b':')
    .remove(b'*')
    .remove(b'/');

/// `allowReserved`: the reserved characters that neither end a query value nor change it.
const RESERVED: &AsciiSet = &VALUE
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// What a cookie's value may not hold (RFC 6265, section 4.1.1), and the percent sign.
const COOKIE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b',')
    .add(b';')
    .add(b'\\')
    .add(b'%');

/// The literal text of a path template, which has its own slashes, query and encoded characters.
const LITERAL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Appends `text` to a request, encoded for some place in it.
pub(super) type Encode = fn(&str, &mut String);

pub(super) fn value(text: &str, to: &mut String) {
    to.extend(utf8_percent_encode(text, VALUE));
}

pub(super) fn name(text: &str, to: &mut String) {
    to.extend(utf8_percent_encode(text, NAME));
}

pub(super) fn cookie(text: &str, to: &mut String) {
    to.extend(utf8_percent_encode(text, COOKIE));
}

pub(super) fn reserved(text: &str, to: &mut String) {
    keep_triplets(text, RESERVED, to);
}

pub(super) fn literal(text: &str, to: &mut String) {
    keep_triplets(text, LITERAL, to);
}

pub(super) fn raw(text: &str, to: &mut String) {
    to.push_str(text);
}

/// JSON text in ASCII (RFC 8259, section 7), which is all that a header holds.
pub(super) fn ascii_json(text: &str, to: &mut String) {
    for character in text.chars() {
        if character.is_ascii() && character != '\u{7f}' {
            to.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            to.push_str(&format!("\\u{unit:04x}"));
        }
    }
}

/// Encodes by `set`, but leaves what is a percent-encoded octet already (RFC 6570, section 3.2.3).
fn keep_triplets(text: &str, set: &'static AsciiSet, to: &mut String) {
    let mut pieces = text.split('%');
    if let Some(first) = pieces.next() {
        to.extend(utf8_percent_encode(first, set));
    }
    for piece in pieces {
        let octet = piece.as_bytes().first_chunk::<2>();
        let encoded = octet.is_some_and(|octet| octet.iter().all(u8::is_ascii_hexdigit));
        to.push_str(if encoded { "%" } else { "%25" });
        to.extend(utf8_percent_encode(piece, set));
    }
}

/// How many layers of percent-encoding are looked through; what has more is refused.
const LAYERS: usize = 8;

/// Whether a server that decodes `path`, once or more often, might see a `.` or `..` segment in it.
pub(crate) fn has_dot_segment(path: &str) -> bool {
    // Most paths have neither a dot nor an encoded one.
    if memchr::memchr2(b'.', b'%', path.as_bytes()).is_none() {
        return false;
    }
    let mut text = std::borrow::Cow::Borrowed(path);
    for _ in 0..LAYERS {
        if text.split(['/', '\\']).any(is_dot_segment) {
            return true;
        }
        if !text.contains('%') {
            return false;
        }
        let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if decoded == text {
            return false;
        }
        text = decoded.into();
    }
    true
}

/// Some servers cut parameters off a segment before they look at it.
fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.split(';').next(), Some("." | ".."))
}
