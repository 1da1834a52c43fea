//! One call's requests: usually one, and more where the API asks for it and that is safe.

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header::LINK, header::LOCATION};
use tokio::time::{Instant, sleep};

use crate::{
    Request,
    base::Base,
    call::{Authorization, Calls, GRANT},
    into_http::into_http,
    result::BROKER_ERROR,
    upstream::{Received, SendError, wait},
};

/// How often one request is sent before the API's refusal stands.
const ATTEMPTS: usize = 3;

/// After this time since its beginning no call waits any longer to try once more.
const PATIENCE: Duration = Duration::from_secs(25);

/// A request on its way, without its credentials.
pub(crate) struct Prepared<'a> {
    pub(crate) base: Cow<'a, Base>,
    pub(crate) request: Box<Request>,
    /// Credentials are for where it goes.
    pub(crate) is_approved: bool,
    /// W3C trace context, and the grant.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

/// What came of it in the end.
pub(crate) struct Exchanged {
    pub(crate) received: Received,
    pub(crate) authorization: Authorization,
}

impl Calls {
    /// Sends a request. One that may be repeated is, where the API asks to come again soon; a safe
    /// one follows redirects within the API.
    pub(crate) async fn exchange(&self, prepared: Prepared<'_>) -> Result<Exchanged, SendError> {
        let Prepared {
            base,
            mut request,
            is_approved,
            mut headers,
        } = prepared;
        let begin = Instant::now();
        let deadline = self.upstream.deadline(begin);
        let (mut attempts, mut redirects) = (1, 0);
        loop {
            let (authorized, authorization) = if is_approved {
                self.authorize(&request)
            } else {
                (None, Authorization::default())
            };
            let authorized = authorized.as_deref().unwrap_or(&request);
            let message = || into_http(authorized, &headers, &base);
            let mut origin = Cow::Borrowed(&base.origin);
            if self.credentials.need_identity(authorization.sent) {
                origin.to_mut().with_certificate = true;
            }
            let mut received = self.upstream.send(&origin, message, deadline).await?;
            self.redact_links(&mut received, &authorization);
            take_grant(&mut headers, &mut received);
            if !request.is_idempotent() {
                return Ok(Exchanged {
                    received,
                    authorization,
                });
            }
            let patience = PATIENCE.min(self.limits.upstream.total);
            let wait = asked(&received).filter(|wait| begin.elapsed() + *wait < patience);
            if let Some(wait) = wait
                && attempts < ATTEMPTS
            {
                sleep(wait).await;
                attempts += 1;
                continue;
            }
            let place =
                redirect(&received, &base, &request).filter(|_| redirects < self.limits.redirects);
            let Some((path, query)) = place else {
                return Ok(Exchanged {
                    received,
                    authorization,
                });
            };
            redirects += 1;
            request = redirected(request, received.status, path, query);
        }
    }

    /// Takes credentials out of the URLs that the API sent back.
    fn redact_links(&self, received: &mut Received, authorization: &Authorization) {
        for name in [LINK, LOCATION] {
            for value in received
                .headers
                .get_all(&name)
                .iter()
                .cloned()
                .collect::<Vec<_>>()
            {
                let bytes = Bytes::copy_from_slice(value.as_bytes());
                let redacted = self.credentials.redact(authorization.sent, bytes.clone());
                if redacted == bytes {
                    continue;
                }
                match HeaderValue::from_maybe_shared(redacted) {
                    Ok(value) => received.headers.insert(&name, value),
                    Err(_) => received.headers.remove(&name),
                };
            }
        }
    }
}

/// Goes on with the grant that the egress broker has sent with a redirect: it is for the request
/// at that place, as the call's own grant is for requests of the tool's operation. No answer is
/// handed on with one.
fn take_grant(headers: &mut [(HeaderName, HeaderValue)], received: &mut Received) {
    let further = received.headers.remove(GRANT);
    let held = headers.iter_mut().find(|(name, _)| *name == GRANT);
    if let (Some(further), Some((_, held))) = (further, held) {
        *held = further;
    }
}

/// How long the API asks to wait. The broker's own refusals are final.
fn asked(received: &Received) -> Option<Duration> {
    if received.headers.contains_key(BROKER_ERROR) {
        return None;
    }
    wait::asked(received.status, &received.headers)
}

/// The request at the place it is redirected to. "See other" means a GET there (RFC 9110, section
/// 15.4.4), which is another request for a QUERY.
fn redirected(
    mut next: Box<Request>,
    status: StatusCode,
    path: String,
    query: String,
) -> Box<Request> {
    next.path = path;
    next.query = query;
    if status == StatusCode::SEE_OTHER && next.method != Method::HEAD {
        next.method = Method::GET;
        next.body = None;
    }
    next
}

/// The path and query to which a safe request is redirected, where that is within the API.
fn redirect(received: &Received, base: &Base, request: &Request) -> Option<(String, String)> {
    let follows = matches!(received.status.as_u16(), 301 | 302 | 303 | 307 | 308);
    if !follows || !request.is_safe() {
        return None;
    }
    let location = received.headers.get(LOCATION)?.to_str().ok()?;
    let (path, query) = base.within(location, &request.path)?;
    // A credential that the place repeats is added anew.
    let query: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.ends_with("=[redacted]"))
        .collect();
    Some((path, query.join("&")))
}
