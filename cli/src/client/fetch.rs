//! Fetching specifications.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use reqwest::Response;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use toolmill_hub::is_public_address;
use url::{Host, Url};

use super::rest::client;
use crate::failure::{Failure, Result};

/// Where a URL may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Anywhere: a person named it.
    Anywhere,
    /// To the public internet: a document named it, and its author shall not
    /// reach into the network of whoever reads it.
    Public,
}

/// Fetches a specification: at most 16 MiB within 10 seconds, following up to
/// three redirects to the same place.
///
/// # Errors
/// Where it does not come, is too large, or is beyond `reach`.
pub async fn fetch(url: &Url, reach: Reach) -> Result<Vec<u8>> {
    const LIMIT: usize = 16 * 1024 * 1024;
    let failed = |error: &(dyn std::error::Error + 'static)| {
        Failure::new(format!(
            "The specification could not be fetched from `{url}`."
        ))
        .because(error)
        .hint("See whether the URL opens in a browser; a file or `-` works as well.")
    };
    // A resolver is not asked for addresses.
    let host = url.host().map(|host| host.to_owned());
    if let (Reach::Public, Some(address)) = (reach, host.as_ref().and_then(literal))
        && !is_public_address(address)
    {
        return Err(failed(&not_public()));
    }
    let mut http = client(redirects());
    if reach == Reach::Public {
        http = http.dns_resolver(PublicOnly);
    }
    let http = http.build().map_err(|error| failed(&error))?;
    let request = http.get(url.clone()).timeout(Duration::from_secs(10));
    let response = request.send().await.and_then(Response::error_for_status);
    let mut body = response.map_err(|error| failed(&error))?.bytes_stream();
    let mut spec = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk: Bytes = chunk.map_err(|error| failed(&error))?;
        if spec.len() + chunk.len() > LIMIT {
            return Err(Failure::new(format!(
                "The specification at `{url}` is larger than 16 MiB."
            )));
        }
        spec.extend_from_slice(&chunk);
    }
    Ok(spec)
}

fn redirects() -> Policy {
    Policy::custom(|attempt| {
        let previous = attempt.previous();
        let stays = previous
            .last()
            .is_some_and(|from| stays(from, attempt.url()));
        if stays && previous.len() <= 3 {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}

/// Whether a redirect leads to the same scheme, host and port, or to the same host
/// by HTTPS, both at their usual ports. Never from HTTPS to HTTP.
fn stays(from: &Url, to: &Url) -> bool {
    let usual = |url: &Url, scheme| url.scheme() == scheme && url.port().is_none();
    let secured = usual(from, "http") && usual(to, "https") && from.host() == to.host();
    from.origin() == to.origin() || secured
}

fn literal(host: &Host<String>) -> Option<IpAddr> {
    match host {
        Host::Ipv4(address) => Some((*address).into()),
        Host::Ipv6(address) => Some((*address).into()),
        Host::Domain(_) => None,
    }
}

/// Finds public addresses only. The client dials what is found here, so a name
/// cannot lead elsewhere later.
#[derive(Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found
                .filter(|address| is_public_address(address.ip()))
                .collect();
            if public.is_empty() {
                return Err(not_public().into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn not_public() -> io::Error {
    io::Error::other("the host is not on the public internet; `--allow-remote=HOST` allows it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_stay_and_lose_no_encryption() {
        for (from, to, follow) in [
            ("http://a.example/x", "http://a.example/y", true),
            ("https://a.example/x", "https://a.example:443/y", true),
            ("http://a.example/x", "https://a.example/x", true),
            ("https://a.example/x", "http://a.example/x", false),
            ("http://a.example/x", "http://a.example:8080/x", false),
            ("http://a.example:8080/x", "https://a.example/x", false),
            ("http://a.example/x", "https://a.example:8443/x", false),
            ("http://a.example/x", "https://b.example/x", false),
            ("http://a.example/x", "file:///x", false),
        ] {
            let [one, other] = [from, to].map(|url| Url::parse(url).expect("a URL"));
            assert_eq!(stays(&one, &other), follow, "{from} to {to}");
        }
    }
}
