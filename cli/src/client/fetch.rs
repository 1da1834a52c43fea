//! Fetching specifications.

use std::error::Error as StdError;
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
use crate::spec::too_large;

/// Where a URL may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Anywhere: a person named it.
    Anywhere,
    /// To the public internet: a document named it, and its author shall not
    /// reach into the network of whoever reads it.
    Public,
}

/// What was fetched.
#[derive(Debug)]
pub struct Fetched {
    pub bytes: Vec<u8>,
    /// Where redirects led: what relative references start from (RFC 3986,
    /// section 5.1.3).
    pub url: Url,
}

/// Fetches a specification of at most `most` bytes within 10 seconds, following
/// up to three redirects to the same place.
///
/// # Errors
/// Where it does not come, is too large, is beyond `reach`, or redirects to
/// another place or too often.
pub async fn fetch(url: &Url, reach: Reach, most: usize) -> Result<Fetched> {
    // A resolver is not asked for addresses.
    let host = url.host().map(|host| host.to_owned());
    if let (Reach::Public, Some(address)) = (reach, host.as_ref().and_then(literal))
        && !is_public_address(address)
    {
        return Err(failed(url, &not_public()));
    }
    let mut http = client(redirects());
    if reach == Reach::Public {
        http = http.dns_resolver(PublicOnly);
    }
    let http = http.build().map_err(|error| failed(url, &error))?;
    let request = http.get(url.clone()).timeout(Duration::from_secs(10));
    let response = request.send().await.and_then(Response::error_for_status);
    let response = response.map_err(|error| failed(url, &error))?;
    if !response.status().is_success() {
        // A redirect that names nothing which could be followed.
        let answered = format!("it answered {}", response.status());
        return Err(failed(url, &io::Error::other(answered)));
    }
    Ok(Fetched {
        url: response.url().clone(),
        bytes: body(url, response, most).await?,
    })
}

async fn body(url: &Url, response: Response, most: usize) -> Result<Vec<u8>> {
    let mut stream = response.bytes_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk: Bytes = chunk.map_err(|error| failed(url, &error))?;
        if bytes.len() + chunk.len() > most {
            return Err(too_large(&format!("The specification at `{url}`"), most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn failed(url: &Url, error: &(dyn StdError + 'static)) -> Failure {
    Failure::new(format!(
        "The specification could not be fetched from `{url}`."
    ))
    .because(error)
    .hint(hint(error))
}

/// What to do about an error of the client.
fn hint(error: &(dyn StdError + 'static)) -> &'static str {
    let error = error.downcast_ref::<reqwest::Error>();
    if error.is_some_and(reqwest::Error::is_redirect) {
        "Give the address it leads to, if you trust that one."
    } else {
        "See whether the URL opens in a browser; a file or `-` works as well."
    }
}

fn redirects() -> Policy {
    const MOST: usize = 3;
    Policy::custom(|attempt| {
        let previous = attempt.previous();
        let stays = previous
            .last()
            .is_some_and(|from| stays(from, attempt.url()));
        let refused = if !stays {
            format!("it redirects to another place, `{}`", attempt.url())
        } else if previous.len() > MOST {
            format!("it redirects more than {MOST} times")
        } else {
            return attempt.follow();
        };
        attempt.error(refused)
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
