//! Where requests go: the API's base URL and what belongs to its origin.

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

use crate::request;

/// A base URL: an origin and a path that every request's path is appended to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) origin: Origin,
    /// The origin's, as it stands in URLs.
    authority: Authority,
    /// Empty, or beginning with a slash and not ending with one.
    path: String,
}

/// Scheme, host and port (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) tls: bool,
    /// In lower case; an IPv6 address without its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Connections to it show the client certificate, and are kept apart from those that do not.
    pub(crate) with_certificate: bool,
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
        let origin = Origin {
            tls,
            host,
            port,
            with_certificate: false,
        };
        Ok(Self {
            authority: Authority::try_from(origin.authority())
                .map_err(|_| fault(url, "it has no host"))?,
            origin,
            path: uri.path().trim_end_matches('/').to_owned(),
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

    /// A place that an answer to a request for `path` names (RFC 9110, section 10.2.2), as path and
    /// query of another request. Nothing where it is on another origin or not below this base.
    pub(crate) fn within(&self, location: &str, path: &str) -> Option<(String, String)> {
        let location = location.split('#').next().unwrap_or_default();
        let (target, query) = location.split_once('?').unwrap_or((location, ""));
        let whole = if let Some((scheme, rest)) = target.split_once("://") {
            let authority = rest.split('/').next().unwrap_or_default();
            let other = Self::parse(&format!("{scheme}://{authority}")).ok()?;
            if other.origin != self.origin {
                return None;
            }
            rest[authority.len()..].to_owned()
        } else if target.starts_with("//") {
            let scheme = if self.origin.tls { "https" } else { "http" };
            return self.within(&format!("{scheme}:{location}"), path);
        } else if target.starts_with('/') {
            target.to_owned()
        } else if target.is_empty() {
            format!("{}{path}", self.path)
        } else if target
            .split('/')
            .next()
            .is_some_and(|first| first.contains(':'))
        {
            return None;
        } else {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{}{folder}/{target}", self.path)
        };
        let below = whole.strip_prefix(&self.path)?;
        let is_below = below.starts_with('/') && !request::has_dot_segment(below);
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        (is_below && is_plain(below) && is_plain(query))
            .then(|| (below.to_owned(), query.to_owned()))
    }

    /// The URL of a request: `path` begins with a slash, `query` may be empty; both are encoded.
    pub(crate) fn url(&self, path: &str, query: &str) -> Result<Uri, http::Error> {
        let mark = if query.is_empty() { "" } else { "?" };
        let target = PathAndQuery::try_from([&self.path, path, mark, query].concat())?;
        Uri::builder()
            .scheme(if self.origin.tls {
                Scheme::HTTPS
            } else {
                Scheme::HTTP
            })
            .authority(self.authority.clone())
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
    fn a_redirect_stays_on_its_origin_and_below_the_base() {
        let base = Base::parse("https://api.example/v1").expect("a base");
        for (location, path, query) in [
            ("https://API.example:443/v1/pets/?a=b#c", "/pets/", "a=b"),
            ("//api.example/v1/pets/", "/pets/", ""),
            ("/v1/x", "/x", ""),
            ("?page=2", "/pets/1", "page=2"),
            ("2", "/pets/2", ""),
        ] {
            let place = base.within(location, "/pets/1");
            assert_eq!(place, Some((path.into(), query.into())), "{location}");
        }
        for location in [
            "http://api.example/v1/x",
            "https://api.example:444/v1/x",
            "https://other.example/v1/x",
            "https://api.example@other.example/v1/x",
            "//other.example/v1/x",
            "/v2/x",
            "/v10",
            "/v1/../v2",
            "../../v2",
            "/v1/%2e%2e/v2",
            "javascript:x",
            "/v1/a b",
        ] {
            assert_eq!(base.within(location, "/pets/1"), None, "{location}");
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
