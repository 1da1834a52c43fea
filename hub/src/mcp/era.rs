//! Which revision of the protocol a request speaks, and whether its headers
//! say what its body says (MCP 2026-07-28, Streamable HTTP).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;

use super::envelope::Request;
use super::reply::Failure;
use crate::json::string;

pub(crate) const MODERN: &str = "2026-07-28";
/// The newest revision with a handshake.
const NEWEST_LEGACY: &str = "2025-11-25";
/// Every revision that is answered, the newest first.
pub(super) const ALL: [&str; 5] = [
    MODERN,
    NEWEST_LEGACY,
    "2025-06-18",
    "2025-03-26",
    "2024-11-05",
];

const VERSION_HEADER: &str = "mcp-protocol-version";
const VERSION_META: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES_META: &str = "io.modelcontextprotocol/clientCapabilities";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    Legacy,
    Modern,
}

impl Era {
    /// The era of a request: modern where its `_meta` names a revision, legacy
    /// where it names none or is a handshake, which the modern era has not.
    ///
    /// # Errors
    /// Where the revision is unknown, or the headers that modern requests must
    /// carry are missing or contradict the body.
    pub(super) fn of(headers: &HeaderMap, request: &Request<'_>) -> Result<Self, Failure> {
        let header = single(headers, VERSION_HEADER)?;
        let version = request.meta.get(VERSION_META);
        let version = version.map(|version| string(version).ok_or_else(missing_meta));
        let version = version.transpose()?;
        if request.method == "initialize" && version.as_deref() != Some(MODERN) {
            return Ok(Self::Legacy);
        }
        let Some(version) = version else {
            return without_meta(header, request);
        };
        if header != Some(version.as_str()) {
            return Err(Failure::header_mismatch(
                "`MCP-Protocol-Version` must be there and equal the `protocolVersion` in `_meta`.",
            ));
        }
        if version != MODERN {
            return Err(Failure::unsupported_version(&version));
        }
        let capabilities = request.meta.get(CAPABILITIES_META);
        if !capabilities.is_some_and(|capabilities| capabilities.get().starts_with('{')) {
            return Err(missing_meta());
        }
        matching_headers(headers, request)?;
        Ok(Self::Modern)
    }

    /// The era of a request without a body.
    pub(super) fn of_headers(headers: &HeaderMap) -> Result<Self, Failure> {
        match single(headers, VERSION_HEADER)? {
            Some(version) if is_legacy(version) => Ok(Self::Legacy),
            Some(_) => Ok(Self::Modern),
            None => Ok(Self::Legacy),
        }
    }
}

/// The revision that the answer to a handshake names: the one asked for, or
/// the newest that has handshakes.
pub(super) fn negotiated(requested: &str) -> &'static str {
    ALL.into_iter()
        .find(|version| *version == requested && is_legacy(version))
        .unwrap_or(NEWEST_LEGACY)
}

fn without_meta(header: Option<&str>, request: &Request<'_>) -> Result<Era, Failure> {
    match header {
        Some(MODERN) => Err(missing_meta()),
        _ if request.method == "server/discover" => Err(missing_meta()),
        Some(version) if is_legacy(version) => Ok(Era::Legacy),
        Some(version) => Err(Failure::unsupported_version(version)),
        None => Ok(Era::Legacy),
    }
}

fn is_legacy(version: &str) -> bool {
    version != MODERN && ALL.contains(&version)
}

fn missing_meta() -> Failure {
    Failure::missing_meta(&format!("`{VERSION_META}` or `{CAPABILITIES_META}`"))
}

/// Proxies route by these headers, so they must not say something else.
fn matching_headers(headers: &HeaderMap, request: &Request<'_>) -> Result<(), Failure> {
    if single(headers, "mcp-method")? != Some(request.method.as_str()) {
        return Err(Failure::header_mismatch(
            "`Mcp-Method` must be there and equal the body's `method`.",
        ));
    }
    if request.method != "tools/call" {
        return Ok(());
    }
    let Some(name) = request.string("name")? else {
        return Ok(());
    };
    match single(headers, "mcp-name")?.and_then(decoded) {
        Some(header) if header == name => Ok(()),
        _ => Err(Failure::header_mismatch(
            "`Mcp-Name` must be there and equal the body's `params.name`.",
        )),
    }
}

/// The value of a header that may stand once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Failure> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    match (value.to_str(), values.next()) {
        (Ok(value), None) => Ok(Some(value)),
        _ => Err(Failure::header_mismatch(format!(
            "`{name}` must stand once, in printable ASCII."
        ))),
    }
}

/// A value as it is, or out of `=?base64?…?=`.
fn decoded(value: &str) -> Option<String> {
    let Some(encoded) = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="))
    else {
        return Some(value.to_owned());
    };
    String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_gets_a_version_that_has_handshakes() {
        for (requested, answered) in [
            ("2025-03-26", "2025-03-26"),
            ("2024-11-05", "2024-11-05"),
            (MODERN, NEWEST_LEGACY),
            ("1999-01-01", NEWEST_LEGACY),
        ] {
            assert_eq!(negotiated(requested), answered);
        }
    }

    #[test]
    fn header_values_are_decoded() {
        assert_eq!(decoded("a__b").as_deref(), Some("a__b"));
        assert_eq!(decoded("=?base64?YV9fYg==?=").as_deref(), Some("a__b"));
        assert_eq!(decoded("=?base64?*?="), None);
    }
}
