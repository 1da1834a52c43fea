//! Content codings (RFC 9110, section 8.4.1): one layer of gzip, and no more than an answer may hold.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, header::CONTENT_ENCODING};

/// Why a body could not be decoded.
#[derive(Debug)]
pub(super) enum Fault {
    TooLarge,
    Unknown(String),
    Broken,
}

/// Decodes a body and takes the coding out of its headers.
pub(super) fn decode(headers: &mut HeaderMap, body: Bytes, largest: usize) -> Result<Bytes, Fault> {
    let codings: Vec<_> = headers.get_all(CONTENT_ENCODING).iter().cloned().collect();
    let coding = match codings.as_slice() {
        [] => return Ok(body),
        [one] => one.to_str().unwrap_or_default().trim().to_ascii_lowercase(),
        _ => return Err(Fault::Unknown("several codings".into())),
    };
    let decoded = match coding.as_str() {
        "identity" | "" => body,
        // An answer to HEAD, or one without content, says how its content would be coded.
        "gzip" | "x-gzip" if body.is_empty() => body,
        "gzip" | "x-gzip" => gzip(&body, largest)?,
        _ => return Err(Fault::Unknown(coding)),
    };
    headers.remove(CONTENT_ENCODING);
    Ok(decoded)
}

fn gzip(body: &[u8], largest: usize) -> Result<Bytes, Fault> {
    let mut decoded = Vec::new();
    let mut decoder = MultiGzDecoder::new(body).take(largest as u64 + 1);
    decoder
        .read_to_end(&mut decoded)
        .map_err(|_| Fault::Broken)?;
    if decoded.len() > largest {
        Err(Fault::TooLarge)
    } else {
        Ok(decoded.into())
    }
}
