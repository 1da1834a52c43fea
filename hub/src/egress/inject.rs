//! Where in a request a credential goes.
//!
//! Credentials are put in last, after everything that the server may say, and
//! each takes the place of whatever stood there.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::ExposeSecret;
use toolmill_core::SecurityScheme;
use url::Url;

use super::credential::Credential;
use super::headers::clean_request;
use super::refusal::Refusal;

/// All but the unreserved characters of RFC 3986, section 2.3.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Puts the credentials into a request.
pub(super) fn inject(
    credentials: &[Credential<'_>],
    url: &mut Url,
    headers: &mut HeaderMap,
) -> Result<(), Refusal> {
    let mut taken = Vec::new();
    for credential in credentials {
        let place = credential.place(headers, url)?;
        if let Some(place) = place {
            if taken.contains(&place) {
                return Err(credential.unusable("another credential goes to the same place"));
            }
            taken.push(place);
        }
    }
    Ok(())
}

impl Credential<'_> {
    /// Puts it in its place. Says which header it took, where it took one whole.
    fn place(&self, headers: &mut HeaderMap, url: &mut Url) -> Result<Option<HeaderName>, Refusal> {
        let secret = self.secret.expose_secret();
        let (name, value) = match self.scheme {
            SecurityScheme::Http { scheme } => (AUTHORIZATION, self.authorization(scheme)?),
            // It belongs to the connection.
            SecurityScheme::MutualTls => return Ok(None),
            SecurityScheme::ApiKey { location, name } => match location.as_str() {
                "query" => {
                    let query = with_pair(url.query(), name, secret);
                    url.set_query(Some(&query));
                    return Ok(None);
                }
                "cookie" => {
                    self.add_cookie(headers, name)?;
                    return Ok(None);
                }
                "header" => (self.header_name(name)?, secret.to_owned()),
                _ => return Err(self.unusable("its place is not a header, query or cookie")),
            },
        };
        let mut value = HeaderValue::try_from(value).map_err(|_| self.not_printable())?;
        value.set_sensitive(true);
        headers.insert(name.clone(), value);
        Ok(Some(name))
    }

    /// RFC 9110, section 11.4; for `basic` RFC 7617.
    fn authorization(&self, scheme: &str) -> Result<String, Refusal> {
        let secret = self.secret.expose_secret();
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Ok(format!("Bearer {secret}")),
            "basic" if secret.contains(':') => {
                Ok(format!("Basic {}", BASE64_STANDARD.encode(secret)))
            }
            "basic" => Err(self.unusable("it must be of the form `user:password`")),
            _ => Ok(format!("{scheme} {secret}")),
        }
    }

    /// A header that may hold a credential: none that the broker itself needs.
    fn header_name(&self, name: &str) -> Result<HeaderName, Refusal> {
        let refused =
            || self.unusable("the specification puts it into a header that cannot hold it");
        let name: HeaderName = name.parse().map_err(|_| refused())?;
        let mut probe = HeaderMap::new();
        probe.insert(name.clone(), HeaderValue::from_static("x"));
        clean_request(&mut probe);
        let usable =
            name == AUTHORIZATION || (!probe.is_empty() && !name.as_str().starts_with("content-"));
        if usable { Ok(name) } else { Err(refused()) }
    }

    /// All cookies go into one header (RFC 6265, section 5.4).
    fn add_cookie(&self, headers: &mut HeaderMap, name: &str) -> Result<(), Refusal> {
        let secret = self.secret.expose_secret();
        let fits = |text: &str| {
            text.bytes()
                .all(|b| b.is_ascii_graphic() && b != b';' && b != b',')
        };
        if name.is_empty() || name.contains('=') || !fits(name) || !fits(secret) {
            return Err(self.unusable("it does not fit into a cookie"));
        }
        let mut cookies: Vec<String> = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .map(|pair| pair.trim().to_owned())
            .filter(|pair| !pair.is_empty())
            .filter(|pair| pair.split('=').next().map(str::trim) != Some(name))
            .collect();
        cookies.push(format!("{name}={secret}"));
        let mut value =
            HeaderValue::try_from(cookies.join("; ")).map_err(|_| self.not_printable())?;
        value.set_sensitive(true);
        headers.insert(COOKIE, value);
        Ok(())
    }

    fn not_printable(&self) -> Refusal {
        self.unusable("it has characters that no header can hold, such as a line end")
    }

    pub(super) fn unusable(&self, reason: &'static str) -> Refusal {
        Refusal::CredentialUnusable {
            scheme: self.name.to_owned(),
            reason,
        }
    }
}

/// The query with this pair last and only once, all else byte for byte.
fn with_pair(query: Option<&str>, name: &str, value: &str) -> String {
    let named = |pair: &str| {
        let written = pair.split('=').next().unwrap_or_default().replace('+', " ");
        percent_decode_str(&written).eq(name.bytes())
    };
    let mut pairs: Vec<String> = query
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !named(pair))
        .map(str::to_owned)
        .collect();
    pairs.push(format!(
        "{}={}",
        percent_encoded(name),
        percent_encoded(value)
    ));
    pairs.join("&")
}

/// As a part of a query.
pub(super) fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api_key(location: &str, name: &str) -> SecurityScheme {
        SecurityScheme::ApiKey {
            location: location.to_owned(),
            name: name.to_owned(),
        }
    }

    fn http(scheme: &str) -> SecurityScheme {
        SecurityScheme::Http {
            scheme: scheme.to_owned(),
        }
    }

    /// The URL and headers that come of a request with these credentials.
    fn injected(
        url: &str,
        sent: &[(HeaderName, &'static str)],
        credentials: &[(&SecurityScheme, &str)],
    ) -> Result<(String, Vec<(String, String)>), Refusal> {
        let mut url = Url::parse(url).expect("a URL");
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(name, HeaderValue::from_static(value));
        }
        let credentials: Vec<_> = credentials
            .iter()
            .map(|(scheme, secret)| Credential {
                name: "the scheme",
                scheme,
                secret: (*secret).into(),
            })
            .collect();
        inject(&credentials, &mut url, &mut headers)?;
        assert!(
            headers
                .values()
                .all(|value| sent.iter().any(|(_, v)| v == value) || value.is_sensitive())
        );
        let headers = headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
            .collect();
        Ok((url.into(), headers))
    }

    fn only_header(scheme: &SecurityScheme, secret: &str) -> Option<(String, String)> {
        let (_, headers) = injected("https://a.example/", &[], &[(scheme, secret)]).ok()?;
        headers.into_iter().next()
    }

    #[test]
    fn a_header_takes_the_place_of_what_was_sent() {
        let pair = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
        assert_eq!(
            only_header(&http("bearer"), "t"),
            pair("authorization", "Bearer t")
        );
        assert_eq!(
            only_header(&http("Basic"), "u:p"),
            pair("authorization", "Basic dTpw")
        );
        assert_eq!(
            only_header(&http("DPoP"), "t"),
            pair("authorization", "DPoP t")
        );
        assert_eq!(
            only_header(&api_key("header", "Authorization"), "t"),
            pair("authorization", "t")
        );
        let sent = [(HeaderName::from_static("x-key"), "other")];
        let (_, headers) = injected(
            "https://a.example/",
            &sent,
            &[(&api_key("header", "X-Key"), "k")],
        )
        .expect("it fits");
        assert_eq!(headers, [("x-key".to_owned(), "k".to_owned())]);
    }

    #[test]
    fn a_query_pair_stands_once_and_last() {
        let url = "https://a.example/p?key=evil&a=%20+b&k%65y=evil&&x";
        let (url, _) = injected(url, &[], &[(&api_key("query", "key"), "s&1 é")]).expect("it fits");
        assert_eq!(url, "https://a.example/p?a=%20+b&x&key=s%261%20%C3%A9");
    }

    #[test]
    fn cookies_become_one_header() {
        let sent = [(COOKIE, "a=1; sid=evil"), (COOKIE, " b=2 ;sid=evil")];
        let (_, headers) = injected(
            "https://a.example/",
            &sent,
            &[(&api_key("cookie", "sid"), "s=1")],
        )
        .expect("it fits");
        assert_eq!(
            headers,
            [("cookie".to_owned(), "a=1; b=2; sid=s=1".to_owned())]
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_without_being_told() {
        for (scheme, secret) in [
            (http("bearer"), "two\nlines-SECRET"),
            (http("basic"), "no-colon-SECRET"),
            (api_key("cookie", "sid"), "SECRET; admin=1"),
            (api_key("header", "Host"), "SECRET"),
            (api_key("header", "Content-Length"), "SECRET"),
            (api_key("header", "Toolmill-Grant"), "SECRET"),
            (api_key("header", "no header"), "SECRET"),
            (api_key("elsewhere", "x"), "SECRET"),
        ] {
            let refused = injected("https://a.example/", &[], &[(&scheme, secret)]);
            let refusal = refused.expect_err("it does not fit");
            assert!(
                !format!("{refusal} {refusal:?}").contains("SECRET"),
                "{refusal}"
            );
        }
    }

    #[test]
    fn two_credentials_do_not_share_a_place() {
        let (bearer, key) = (http("bearer"), api_key("header", "authorization"));
        assert!(injected("https://a.example/", &[], &[(&bearer, "a"), (&key, "b")]).is_err());
        let (one, two) = (api_key("cookie", "a"), api_key("cookie", "b"));
        let (_, headers) =
            injected("https://a.example/", &[], &[(&one, "1"), (&two, "2")]).expect("both fit");
        assert_eq!(headers, [("cookie".to_owned(), "a=1; b=2".to_owned())]);
    }
}
