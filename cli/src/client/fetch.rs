//! Fetching specifications.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use reqwest::Response;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
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
/// three redirects on the same host.
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
    let mut http = client(url.host_str().map(str::to_owned));
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
