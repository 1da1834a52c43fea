//! Where requests go: the API's base URL and what belongs to its origin.

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

/// A base URL: an origin and a path that every request's path is appended to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) origin: Origin,
    /// Empty, or beginning with a slash and not ending with one.
    path: String,
}

/// Scheme, host and port (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub(crate) tls: bool,
    /// In lower case; an IPv6 address without its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Base {
    /// Reads an absolute `http` or `https` URL.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it. It does not repeat the URL's user part.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let uri: Uri = url
            .trim()
            .parse()
            .map_err(|_| fault(url, "it is not a URL"))?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(fault(url, "it has to begin with `https://` or `http://`")),
        };
        let authority = uri
            .authority()
            .ok_or_else(|| fault(url, "it has no host"))?;
        if authority.as_str().contains('@') {
            return Err(
                "The API's URL has a user part; give the credential as one instead.".into(),
            );
        }
        if uri.query().is_some() {
            return Err(fault(url, "it has a query, and only a path can be kept"));
        }
        let host = authority
            .host()
            .trim_matches(['[', ']'])
            .to_ascii_lowercase();
        let default = if tls { 443 } else { 80 };
        let port = match authority.port() {
            None if authority.as_str().len() > authority.host().len() => {
                return Err(fault(url, "its port is not one"));
            }
            None => default,
            Some(port) => port
                .as_str()
                .parse()
                .map_err(|_| fault(url, "its port is not one"))?,
        };
        if host.is_empty() {
            return Err(fault(url, "it has no host"));
        }
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self {
            origin: Origin { tls, host, port },
            path,
        })
    }

    /// Another server of the same API (OpenAPI, Server Object): absolute, or relative to this one.
    pub(crate) fn join(&self, server: &str) -> Result<Self, String> {
        if server.contains("://") {
            return Self::parse(server);
        }
        let separator = if server.starts_with('/') { "" } else { "/" };
        let scheme = if self.origin.tls { "https" } else { "http" };
        if server.starts_with("//") {
            return Self::parse(&format!("{scheme}:{server}"));
        }
        Self::parse(&format!(
            "{scheme}://{}{separator}{server}",
            self.origin.authority()
        ))
    }

    /// The URL of a request: `path` begins with a slash, `query` may be empty; both are encoded.
    pub(crate) fn url(&self, path: &str, query: &str) -> Result<Uri, http::Error> {
        let mark = if query.is_empty() { "" } else { "?" };
        let target = PathAndQuery::try_from(format!("{}{path}{mark}{query}", self.path))?;
        Uri::builder()
            .scheme(if self.origin.tls {
                Scheme::HTTPS
            } else {
                Scheme::HTTP
            })
            .authority(Authority::try_from(self.origin.authority())?)
            .path_and_query(target)
            .build()
    }
}

impl Origin {
    /// The `Host` header's value: host, and port where it is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        let default = if self.tls { 443 } else { 80 };
        if self.port == default {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }
}

fn fault(url: &str, what: &str) -> String {
    format!(
        "The API's URL `{}` can not be used: {what}.",
        url.escape_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_appended_to_the_bases_own() {
        for (base, url) in [
            (
                "https://api.example/v1",
                "https://api.example/v1/job:cancel?a=b",
            ),
            (
                "HTTPS://API.example:443/v1/",
                "https://api.example/v1/job:cancel?a=b",
            ),
            ("http://[::1]:8080", "http://[::1]:8080/job:cancel?a=b"),
        ] {
            let base = Base::parse(base).expect("a base");
            assert_eq!(
                base.url("/job:cancel", "a=b").expect("a url").to_string(),
                url
            );
        }
    }

    #[test]
    fn other_servers_are_absolute_or_relative() {
        let base = Base::parse("https://api.example:444/v1").expect("a base");
        for (server, url) in [
            ("https://upload.example/x", "https://upload.example/x/a"),
            ("/v2", "https://api.example:444/v2/a"),
            ("v2/", "https://api.example:444/v2/a"),
            ("//upload.example", "https://upload.example/a"),
        ] {
            let joined = base.join(server).expect("a base");
            assert_eq!(joined.url("/a", "").expect("a url").to_string(), url);
        }
    }

    #[test]
    fn what_is_no_base_is_refused() {
        for url in [
            "",
            "/v1",
            "ftp://a",
            "https://",
            "https://user:pass@a",
            "https://a:99999",
            "https://a/?q",
        ] {
            assert!(Base::parse(url).is_err(), "{url}");
        }
    }
}
