//! Where a request goes: its URL, and the approved origin that covers it.

use http::{Method, Uri};
use toolmill_core::{Origin, ToolRoute};
use url::Url;

use super::refusal::Refusal;

/// A URL that was read once and checked; what is dialed is made from it.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub(super) url: Url,
    pub(super) origin: &'a Origin,
}

impl<'a> Target<'a> {
    /// Reads an absolute-form target (RFC 9112, section 3.2.2).
    pub(super) fn of(method: &Method, uri: &Uri, route: &'a ToolRoute) -> Result<Self, Refusal> {
        let unusable = |reason| Refusal::Target { reason };
        if matches!(*method, Method::CONNECT | Method::TRACE) {
            return Err(unusable("the method is neither needed nor allowed"));
        }
        if uri.scheme().is_none() || uri.authority().is_none() {
            return Err(unusable("it must be absolute"));
        }
        let url = Url::parse(&uri.to_string()).map_err(|_| unusable("it cannot be parsed"))?;
        let has_userinfo = !url.username().is_empty() || url.password().is_some();
        if has_userinfo || uri.authority().is_some_and(|a| a.as_str().contains('@')) {
            return Err(unusable("it must not contain a user or password"));
        }
        let origin = approved(&url, route)?;
        if !origin.literal && origin.scheme != "https" {
            return Err(Refusal::Insecure {
                origin: shown(&url),
            });
        }
        Ok(Self { url, origin })
    }

    pub(super) fn is_secure(&self) -> bool {
        self.origin.scheme == "https"
    }

    /// `host` or `host:port`, for messages and the `Host` header.
    pub(super) fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

/// Of several origins that cover the URL, one that the user named counts.
fn approved<'a>(url: &Url, route: &'a ToolRoute) -> Result<&'a Origin, Refusal> {
    let covering = || route.origins.iter().filter(|origin| origin.covers(url));
    covering()
        .find(|origin| origin.literal)
        .or_else(|| covering().next())
        .ok_or_else(|| Refusal::Origin {
            origin: shown(url),
            approved: list(&route.origins),
        })
}

fn shown(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn list(origins: &[Origin]) -> String {
    let shown = |origin: &Origin| format!("`{}://{}:{}`", origin.scheme, origin.host, origin.port);
    match origins {
        [] => "none; register the API with `--base-url`".to_owned(),
        origins => origins.iter().map(shown).collect::<Vec<_>>().join(", "),
    }
}
