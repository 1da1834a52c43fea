//! Which headers cross the broker.

use http::header::{
    AUTHORIZATION, CONNECTION, EXPECT, FORWARDED, HOST, PROXY_AUTHENTICATE, SET_COOKIE, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE, VIA, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName};

/// Headers of one connection, not of the message (RFC 9110, section 7.6.1).
const HOP_BY_HOP: [HeaderName; 6] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];
/// The broker's own to say, or nobody's. A server has no credential to send.
const NOT_SENT: [HeaderName; 5] = [AUTHORIZATION, EXPECT, FORWARDED, HOST, VIA];
const NOT_SENT_PREFIXES: [&str; 4] = ["mcp-", "proxy-", "toolmill-", "x-forwarded-"];
/// What is between the API and the broker, which holds the credential. With
/// `toolmill-` an upstream would speak in the broker's name.
const NOT_ANSWERED: [HeaderName; 3] = [PROXY_AUTHENTICATE, SET_COOKIE, WWW_AUTHENTICATE];
const NOT_ANSWERED_PREFIXES: [&str; 2] = ["proxy-", "toolmill-"];

/// By these many web frameworks take a request for another one: of another method,
/// or at another path. Nothing that was granted would hold.
const OVERRIDES: [&str; 6] = [
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-override-url",
    "x-rewrite-url",
];

/// The header that would make another request of this one.
pub(super) fn overriding(headers: &HeaderMap) -> Option<&'static str> {
    OVERRIDES
        .into_iter()
        .find(|name| headers.contains_key(*name))
}

/// Leaves what of a server's request goes to the API.
pub(super) fn clean_request(headers: &mut HeaderMap) {
    strip(headers, &NOT_SENT, &NOT_SENT_PREFIXES);
}

/// Leaves what of an API's answer goes to the server.
pub(super) fn clean_answer(headers: &mut HeaderMap) {
    strip(headers, &NOT_ANSWERED, &NOT_ANSWERED_PREFIXES);
}

fn strip(headers: &mut HeaderMap, names: &[HeaderName], prefixes: &[&str]) {
    let nominated: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let stripped: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            let has_prefix = |prefix: &&str| name.as_str().starts_with(*prefix);
            HOP_BY_HOP.contains(name)
                || names.contains(name)
                || nominated.contains(name)
                || prefixes.iter().any(has_prefix)
        })
        .cloned()
        .collect();
    for name in stripped {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(clean: fn(&mut HeaderMap), headers: &[(&str, &str)]) -> Vec<String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a name");
            map.append(name, value.parse().expect("a value"));
        }
        clean(&mut map);
        map.keys().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn what_is_not_the_servers_to_say_stays_behind() {
        let sent = [
            ("Accept", "*/*"),
            ("Cookie", "a=b"),
            ("Connection", "keep-alive, X-Hop"),
            ("Connection", "x-other"),
            ("X-Hop", "1"),
            ("X-Other", "1"),
            ("Keep-Alive", "1"),
            ("Transfer-Encoding", "chunked"),
            ("TE", "trailers"),
            ("Upgrade", "h2c"),
            ("Expect", "100-continue"),
            ("Host", "evil.example"),
            ("Authorization", "Bearer x"),
            ("Proxy-Authorization", "x"),
            ("X-Forwarded-For", "1.1.1.1"),
            ("Forwarded", "for=1.1.1.1"),
            ("Via", "1.1 x"),
            ("Mcp-Session-Id", "x"),
            ("Toolmill-Grant", "x"),
            ("X-Api-Version", "2"),
        ];
        assert_eq!(
            left(clean_request, &sent),
            ["accept", "cookie", "x-api-version"]
        );
    }

    #[test]
    fn no_upstream_speaks_in_the_brokers_name() {
        let answered = [
            ("Content-Type", "application/json"),
            ("Set-Cookie", "session=1"),
            ("WWW-Authenticate", "Basic"),
            ("Proxy-Authenticate", "Basic"),
            ("Toolmill-Broker-Error", "credential-missing"),
            ("Connection", "close"),
            ("Retry-After", "3"),
        ];
        assert_eq!(
            left(clean_answer, &answered),
            ["content-type", "retry-after"]
        );
    }
}
