//! Header parameters.

use http::{HeaderName, HeaderValue};

use super::{encode, parts};
use crate::{Error, Result, Style, args::Argument, style::Shape};

/// The longest value that is sent, in bytes.
pub(super) const LONGEST: usize = 8 * 1024;

/// The header that a parameter makes, or none where its value is absent or its name is reserved.
pub(super) fn value(
    name: &str,
    argument: &Argument<'_>,
    style: Style,
) -> Result<Option<(HeaderName, HeaderValue)>> {
    if argument.is_absent() {
        return Ok(None);
    }
    let header = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::HeaderName { name: name.into() })?;
    if is_reserved(header.as_str()) {
        return Ok(None);
    }
    let Some(parts) = parts::take_apart(argument, style.shape()) else {
        return Ok(None);
    };
    let delimiter = style.delimiter().header;
    let assign = if style.is_exploded() { "=" } else { delimiter };
    let encode = match style.shape() {
        Shape::Json => encode::ascii_json,
        _ => encode::raw,
    };
    let text = parts.join(delimiter, assign, encode);
    Ok(Some((header, checked(name, &text)?)))
}

/// A value that stays on its own line.
pub(super) fn checked(name: &str, value: &str) -> Result<HeaderValue> {
    let fault = || Error::HeaderValue { name: name.into() };
    if value.len() > LONGEST || !value.is_ascii() {
        return Err(fault());
    }
    HeaderValue::from_str(value).map_err(|_| fault())
}

/// Headers that no argument may set: the three that OpenAPI (Parameter Object, `name`) ignores, and
/// those of the connection, of proxies, of MCP and of the platform. `lower` is in lower case.
fn is_reserved(lower: &str) -> bool {
    const NAMES: &[&str] = &[
        "accept",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    const PREFIXES: &[&str] = &["mcp-", "proxy-", "toolmill-", "x-forwarded-"];
    NAMES.contains(&lower) || PREFIXES.iter().any(|prefix| lower.starts_with(prefix))
}
