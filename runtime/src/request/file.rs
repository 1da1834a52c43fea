//! Bytes that a caller gives in a string: base64, a `data:` URI (RFC 2397), or the path of a file.

use std::{fs, io::Read as _, path::Path};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use percent_encoding::percent_decode_str;

/// The largest file that is read from a path, in bytes.
const LARGEST: u64 = 10 * 1024 * 1024;

/// What is sent where nothing says what the bytes are.
const UNKNOWN: &str = "application/octet-stream";

/// Bytes, with what came with them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: Option<String>,
    pub(super) name: Option<String>,
}

impl File {
    fn plain(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            media_type: None,
            name: None,
        }
    }
}

/// Reads what a string stands for. One that can be none of the three is text, and stands for itself.
///
/// # Errors
/// A clause that says what was wrong: what looks like one of the three and is not is never sent.
pub(super) fn read(text: &str, folder: Option<&Path>) -> Result<File, String> {
    if let Some(rest) = strip_scheme(text, "data:") {
        return data_uri(rest);
    }
    if let Some(rest) = strip_scheme(text, "file:") {
        return from_folder(rest, folder);
    }
    let is_base64 = |byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'-' | b'_' | b'=' | b'\r' | b'\n');
    if text.bytes().all(is_base64) {
        return decode(text).map(File::plain).ok_or_else(|| {
            "it is no whole base64; write text that is meant literally as `data:,TEXT`".into()
        });
    }
    Ok(File::plain(text.as_bytes().to_vec()))
}

/// The media type to send: that of the bytes where the declared ones admit it, else the first
/// declared one. `declared` is a list of types and ranges, separated by commas.
pub(super) fn choose<'a>(declared: Option<&'a str>, own: Option<&'a str>) -> &'a str {
    let Some(declared) = declared else {
        return own.unwrap_or(UNKNOWN);
    };
    let mut all = declared.split(',').map(str::trim);
    if let Some(own) = own
        && all.clone().any(|range| admits(range, own))
    {
        return own;
    }
    all.find(|one| !one.is_empty() && !one.contains('*'))
        .unwrap_or(UNKNOWN)
}

/// Whether a media type range (RFC 9110, section 12.5.1) includes a type.
fn admits(range: &str, media_type: &str) -> bool {
    let essence = |text: &str| {
        let text = text.split(';').next().unwrap_or_default();
        text.trim().to_ascii_lowercase()
    };
    let (range, media_type) = (essence(range), essence(media_type));
    match range.strip_suffix('*') {
        Some("*/") => true,
        Some(kind) => media_type.starts_with(kind),
        None => range == media_type,
    }
}

/// A name to send for bytes without one: servers take only a part that has one as a file.
pub(super) fn name_for(field: &str, media_type: &str) -> String {
    let subtype = media_type.split([';', '+']).next().unwrap_or_default();
    let extension = match subtype.trim() {
        "text/plain" => "txt",
        "image/jpeg" => "jpg",
        "image/svg" => "svg",
        UNKNOWN => "bin",
        other => other.rsplit('/').next().unwrap_or_default(),
    };
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if extension.len() <= 5 && !extension.is_empty() && is_plain(extension) {
        format!("{field}.{extension}")
    } else {
        field.to_owned()
    }
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let start = text.get(..scheme.len())?;
    start
        .eq_ignore_ascii_case(scheme)
        .then(|| &text[scheme.len()..])
}

/// Strict in either alphabet, but for line ends: a damaged text must not become other bytes.
fn decode(text: &str) -> Option<Vec<u8>> {
    let whole: String;
    let text = if text.contains(['\r', '\n']) {
        whole = text.replace(['\r', '\n'], "");
        &whole
    } else {
        text
    };
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .or_else(|error| match text.contains(['-', '_']) {
            true => URL_SAFE_NO_PAD.decode(text),
            false => Err(error),
        })
        .ok()
}

/// What follows `data:`; the parameters `name` and `filename` name the file.
fn data_uri(text: &str) -> Result<File, String> {
    let (head, data) = text
        .split_once(',')
        .ok_or("a `data:` URI has a comma before its data")?;
    let mut media_type = String::new();
    let (mut is_base64, mut name) = (false, None);
    for (index, piece) in head.split(';').enumerate() {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        match piece.split_once('=') {
            _ if index == 0 => media_type = piece.trim().to_owned(),
            Some((key, value)) if ["name", "filename"].contains(&key.trim()) => {
                name = Some(decoded(value)).filter(|name| !name.is_empty());
            }
            Some((key, value)) => media_type.push_str(&format!("; {}={value}", key.trim())),
            None => is_base64 |= piece.trim().eq_ignore_ascii_case("base64"),
        }
    }
    let bytes: Vec<u8> = percent_decode_str(data).collect();
    let bytes = if is_base64 {
        let text = String::from_utf8(bytes).ok();
        text.and_then(|text| decode(&text))
            .ok_or("the data of the `data:` URI is no whole base64")?
    } else {
        bytes
    };
    if media_type.starts_with(';') {
        media_type.insert_str(0, "text/plain");
    }
    Ok(File {
        bytes,
        media_type: Some(media_type).filter(|media_type| media_type.contains('/')),
        name,
    })
}

/// A file below the folder that the operator opened, by a path relative to it.
fn from_folder(path: &str, folder: Option<&Path>) -> Result<File, String> {
    let folder = folder
        .ok_or("this server sends no files from paths; it would have to be started with `--files-from DIR`, or give the bytes as base64")?;
    let path = percent_decode_str(path.strip_prefix("//").unwrap_or(path)).decode_utf8_lossy();
    let shown = path.escape_default().to_string();
    let unreadable = |_| format!("the file `{shown}` can not be read");
    // With all links followed on both sides, what is below is below.
    let folder = fs::canonicalize(folder).map_err(unreadable)?;
    let full = fs::canonicalize(folder.join(&*path)).map_err(unreadable)?;
    if !full.starts_with(&folder) {
        return Err(format!(
            "the file `{shown}` is outside the folder from which files are sent"
        ));
    }
    let file = fs::File::open(&full).map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(format!("`{shown}` is no file"));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("the file `{shown}` is larger than 10 MiB"));
    }
    let name = full.file_name().and_then(|name| name.to_str());
    Ok(File {
        bytes,
        media_type: None,
        name: name.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_stands_for_bytes_or_for_itself() {
        for (given, bytes) in [
            ("", b"".as_slice()),
            ("aGVsbG8=", b"hello"),
            ("aGVs\r\nbG8=\n", b"hello"),
            ("_-8=", b"\xff\xef"),
            ("_-8", b"\xff\xef"),
            ("hello, world", b"hello, world"),
            ("data:,aGVsbG8%3D", b"aGVsbG8="),
            ("DATA:;base64,aGVsbG8%3D", b"hello"),
        ] {
            assert_eq!(read(given, None).expect(given).bytes, bytes, "{given}");
        }
        for given in [
            "hello",
            "aGVsbG8",
            "aGVsbG8=x",
            "data:x",
            "data:;base64,a b",
            "file:x",
        ] {
            assert!(read(given, None).is_err(), "{given}");
        }
    }

    #[test]
    fn a_data_uri_says_what_it_holds() {
        let file = read(
            "data:image/png;name=a%20b.png;charset=x;base64,aGVsbG8=",
            None,
        );
        assert_eq!(
            file.expect("a file"),
            File {
                bytes: b"hello".to_vec(),
                media_type: Some("image/png; charset=x".into()),
                name: Some("a b.png".into()),
            }
        );
    }

    #[test]
    fn a_declared_media_type_stands_above_that_of_the_bytes() {
        for (declared, own, chosen) in [
            (None, None, UNKNOWN),
            (None, Some("image/png"), "image/png"),
            (Some("image/png, image/jpeg"), None, "image/png"),
            (
                Some("image/png, image/jpeg"),
                Some("image/jpeg"),
                "image/jpeg",
            ),
            (Some("image/png"), Some("text/html"), "image/png"),
            (Some("image/*"), Some("image/gif"), "image/gif"),
            (Some("image/*"), None, UNKNOWN),
            (Some("*/*"), Some("a/b"), "a/b"),
        ] {
            assert_eq!(choose(declared, own), chosen, "{declared:?} {own:?}");
        }
    }
}
