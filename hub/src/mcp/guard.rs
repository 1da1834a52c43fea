//! DNS rebinding: a web page may point its own name at this machine and speak
//! to the hub from the user's browser. So the name that was asked for, and the
//! page that asks, must be known ones.

use std::net::Ipv6Addr;

use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderName};

use super::refused::Refused;

/// The allow-lists. An entry without a port stands for all ports.
pub(super) struct Guard {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Guard {
    pub(super) fn new(hosts: &[String], origins: &[String]) -> Self {
        Self {
            hosts: hosts.iter().map(|host| as_in_headers(host)).collect(),
            origins: origins.iter().map(|o| o.to_ascii_lowercase()).collect(),
        }
    }

    /// # Errors
    /// Where one of them is not.
    pub(super) fn check(&self, request: &Parts) -> Result<(), Refused> {
        let host = match request.uri.authority() {
            Some(authority) => Some(authority.clone()),
            None => only(&request.headers, HOST).and_then(|host| host.parse().ok()),
        };
        if !host.is_some_and(|host| self.serves(&host)) {
            return Err(Refused::Host);
        }
        if request.headers.contains_key(ORIGIN)
            && !only(&request.headers, ORIGIN).is_some_and(|origin| self.trusts(origin))
        {
            return Err(Refused::Origin);
        }
        Ok(())
    }

    fn serves(&self, host: &Authority) -> bool {
        let whole = host.as_str().to_ascii_lowercase();
        if whole.contains('@') {
            return false;
        }
        let name = host.host().to_ascii_lowercase();
        self.hosts
            .iter()
            .any(|allowed| *allowed == whole || *allowed == name)
    }

    /// Origins of the list, and pages that the hub's own hosts serve.
    fn trusts(&self, origin: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        if self.origins.contains(&origin) {
            return true;
        }
        let authority = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"))
            .and_then(|authority| authority.parse().ok());
        authority.is_some_and(|authority| self.serves(&authority))
    }
}

/// In lower case, and an IPv6 address in brackets.
fn as_in_headers(host: &str) -> String {
    match host.parse::<Ipv6Addr>() {
        Ok(address) => format!("[{address}]"),
        Err(_) => host.to_ascii_lowercase(),
    }
}

fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_origins_are_compared_whole() {
        let guard = Guard::new(
            &[
                "localhost".to_owned(),
                "::1".to_owned(),
                "mill.example:8443".to_owned(),
            ],
            &["https://app.example".to_owned()],
        );
        let passes = |host: &str, origin: Option<&str>| {
            let mut request = http::Request::builder().header(HOST, host);
            if let Some(origin) = origin {
                request = request.header(ORIGIN, origin);
            }
            let (parts, ()) = request.body(()).expect("a request").into_parts();
            guard.check(&parts).is_ok()
        };
        for (host, origin) in [
            ("localhost", None),
            ("LOCALHOST:8000", None),
            ("[::1]:8000", None),
            ("mill.example:8443", None),
            ("localhost", Some("http://localhost:6274")),
            ("localhost", Some("https://app.example")),
        ] {
            assert!(passes(host, origin), "{host} {origin:?}");
        }
        for (host, origin) in [
            ("evil.example", None),
            ("localhost.evil.example", None),
            ("localhost@evil.example", None),
            ("mill.example", None),
            ("", None),
            ("localhost", Some("http://evil.example")),
            ("localhost", Some("http://localhost.evil.example")),
            ("localhost", Some("https://app.example.evil")),
            ("localhost", Some("http://app.example")),
            ("localhost", Some("null")),
            ("localhost", Some("")),
            ("localhost", Some("http://evil.example@localhost")),
        ] {
            assert!(!passes(host, origin), "{host} {origin:?}");
        }
    }
}
