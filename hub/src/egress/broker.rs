//! One request of a server to its API.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{HOST, LOCATION};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, Version};
use http_body::Body as _;
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use tokio::time::timeout;
use toolmill_core::{
    CredentialSource, Error, Grant, Grants, Origin, ServerKey, TenantCtx, ToolRoute,
};

use super::alert::Alert;
use super::credential::{all_in_words, choose, in_words, sendable};
use super::decode::{Coding, Decoded};
use super::dial::Dialer;
use super::headers::{clean_answer, clean_request, overriding};
use super::identity::{Digest, Identity};
use super::inject::inject;
use super::ledger::{By, Ledger};
use super::limits::EgressLimits;
use super::operation;
use super::redact::{Echoes, Redacted};
use super::redirect;
use super::refusal::Refusal;
use super::stream::Held;
use super::target::Target;
use crate::audit::AuditLog;
use crate::clock;
use crate::mount::Mounted;
use crate::pool::{Pool, Pooled, SendError};

const GRANT: HeaderName = HeaderName::from_static("toolmill-grant");

/// What must be equal for a connection to be reused.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct ReuseKey {
    /// Some upstreams tie what was said earlier to the connection.
    user: TenantCtx,
    /// With whether it is a literal one, since others must have had their address checked.
    origin: Origin,
    /// The certificate that it showed, since that says who is there.
    identity: Option<Digest>,
}

type Upstream = Arc<ReuseKey>;
type Passed = Redacted<Decoded<Held<Pooled<Upstream, Incoming>>>>;
pub(super) type AnswerBody = Either<Full<Bytes>, Passed>;

/// Sends servers' requests on.
pub(crate) struct Broker {
    mounted: Arc<Mounted>,
    grants: Arc<dyn Grants>,
    credentials: Arc<dyn CredentialSource>,
    ledger: Ledger,
    limits: EgressLimits,
    dialer: Dialer,
    connections: Arc<Pool<Upstream, Incoming>>,
}

impl Broker {
    /// # Errors
    /// Where an authority of `further_roots` is not a certificate.
    pub(crate) fn new(
        mounted: Arc<Mounted>,
        grants: Arc<dyn Grants>,
        credentials: Arc<dyn CredentialSource>,
        audit: Arc<AuditLog>,
        limits: EgressLimits,
        further_roots: &[Vec<u8>],
    ) -> Result<Self, Error> {
        Ok(Self {
            ledger: Ledger::new(audit, mounted.clone()),
            mounted,
            grants,
            credentials,
            limits,
            dialer: Dialer::new(limits, further_roots)?,
            connections: Pool::new(),
        })
    }

    /// To be called before the audit log is written out for the last time.
    pub(super) fn close(&self) {
        self.ledger.close();
    }

    pub(super) fn limits(&self) -> EgressLimits {
        self.limits
    }

    /// Answers a request that came through the door of `server`, and says until
    /// when the answer may be read.
    pub(super) async fn answer(
        &self,
        server: &ServerKey,
        request: Request<Incoming>,
    ) -> (Response<AnswerBody>, Instant) {
        let (head, body) = request.into_parts();
        let refused = match self.admitted(server, &head.headers) {
            Err(refusal) => self.refuse(server, By::Itself(server), &refusal).await,
            Ok(grant) => match self.granted(&grant, head, body).await {
                Ok((answer, until)) => return (answer.map(Either::Right), until),
                Err(refusal) => self.refuse(server, By::Caller(&grant), &refusal).await,
            },
        };
        (refused, Instant::now() + self.limits.idle)
    }

    /// The answer to a request with a good grant, within the grant's time.
    async fn granted(
        &self,
        grant: &Grant,
        head: Parts,
        body: Incoming,
    ) -> Result<(Response<Passed>, Instant), Refusal> {
        let lasts = u64::try_from(grant.deadline.saturating_sub(clock::now())).unwrap_or(0);
        let within = self.limits.total.min(Duration::from_millis(lasts));
        let until = Instant::now() + within;
        match timeout(within, self.exchange(grant, head, body, until)).await {
            Ok(answer) => Ok((answer?, until)),
            Err(_) => Err(Refusal::Late {
                host: "The API".to_owned(),
                step: "answer",
                within,
            }),
        }
    }

    /// The grant that the request shows, if it is good at this door and moment.
    fn admitted(&self, server: &ServerKey, headers: &HeaderMap) -> Result<Grant, Refusal> {
        let mut shown = headers.get_all(GRANT).iter();
        let (Some(sealed), None) = (shown.next(), shown.next()) else {
            return Err(Refusal::GrantInvalid);
        };
        let sealed = sealed.to_str().map_err(|_| Refusal::GrantInvalid)?;
        let grant = self.grants.open(sealed).map_err(|error| match error {
            Error::Forbidden { .. } | Error::Invalid { .. } => Refusal::GrantInvalid,
            error => Refusal::Platform(error),
        })?;
        if grant.server != *server {
            return Err(Refusal::GrantElsewhere);
        }
        if grant.deadline <= clock::now() {
            return Err(Refusal::GrantExpired);
        }
        Ok(grant)
    }

    async fn exchange(
        &self,
        grant: &Grant,
        head: Parts,
        body: Incoming,
        until: Instant,
    ) -> Result<Response<Passed>, Refusal> {
        let route = self
            .mounted
            .granted(grant)
            .await
            .map_err(Refusal::Platform)?;
        let Some(route) = route else {
            return Err(Refusal::NotMounted {
                tool: grant.tool.clone(),
            });
        };
        let mut target = Target::of(&head.method, &head.uri, &route)?;
        match grant.redirect {
            None => operation::check(&head.method, &target.url, &route)?,
            Some(granted) if granted == redirect::digest(&head.method, &target.url) => {}
            Some(_) => return Err(Refusal::Redirect),
        }
        if let Some(name) = overriding(&head.headers) {
            return Err(Refusal::Override { name });
        }
        let mut headers = head.headers;
        clean_request(&mut headers);
        let credentials = choose(&*self.credentials, grant, &route, &target)
            .await
            .map_err(Refusal::Platform)?;
        let Some(credentials) = credentials else {
            return Err(self.credential_missing(grant, &route, &target).await);
        };
        inject(&credentials, &mut target.url, &mut headers)?;
        let identity = self.dialer.identities.of(&credentials)?;
        if !credentials.is_empty() {
            self.ledger.used(grant, all_in_words(&credentials)).await;
        }
        let echoes = Echoes::of(&credentials);
        echoes.ask_for_plain(&mut headers);
        let request = upstream_request(head.method.clone(), &target, headers, body)?;
        let mut answer = self.send(grant, &target, identity, request).await?;
        clean_answer(answer.headers_mut());
        echoes.mask_headers(answer.headers_mut());
        let asked = (&head.method, &target.url);
        let answered = (answer.status(), answer.headers());
        if let Some(further) = redirect::renewed(grant, &route, asked, answered) {
            let grant = self.sealed(&further.grant)?;
            answer.headers_mut().insert(GRANT, grant);
            answer.headers_mut().insert(LOCATION, further.location);
        }
        self.held(&target, answer, echoes, until)
    }

    async fn send(
        &self,
        grant: &Grant,
        target: &Target<'_>,
        identity: Option<Identity<'_>>,
        request: Request<Incoming>,
    ) -> Result<Response<Pooled<Upstream, Incoming>>, Refusal> {
        let upstream = Arc::new(ReuseKey {
            user: grant.ctx,
            origin: target.origin.clone(),
            identity: identity.as_ref().map(|identity| identity.digest),
        });
        let within = self.limits.headers;
        let (identity, alert) = (identity.as_ref(), Alert::default());
        let dial = self.dialer.dial(target, identity, &alert);
        let answer = self.connections.send(&upstream, request, within, dial);
        answer.await.map_err(|error| {
            let host = target.authority();
            match error {
                SendError::Dial(refusal) => refusal,
                SendError::Broken(source) => match alert.received() {
                    Some(alert) => Refusal::alerted(host, identity, alert),
                    None => Refusal::BrokenOff { host, source },
                },
                SendError::Late => Refusal::Late {
                    host,
                    step: "begin its answer",
                    within,
                },
            }
        })
    }

    /// The answer as the server gets it.
    fn held(
        &self,
        target: &Target<'_>,
        answer: Response<Pooled<Upstream, Incoming>>,
        echoes: Echoes,
        until: Instant,
    ) -> Result<Response<Passed>, Refusal> {
        let limit = self.limits.answer;
        if answer.body().size_hint().lower() > limit {
            return Err(Refusal::TooLarge {
                host: target.authority(),
                limit,
            });
        }
        let coding = echoes.coding(answer.headers());
        // Of what has no body, the headers may still say how it would be written.
        let coding = coding.or(answer.body().is_end_stream().then_some(Coding::Identity));
        let Some(coding) = coding else {
            return Err(Refusal::Coding {
                host: target.authority(),
            });
        };
        let (mut head, body) = answer.into_parts();
        head.version = Version::HTTP_11;
        // A reason phrase is kept there, and nothing of it is of use.
        head.extensions.clear();
        let body = Held::new(body, limit, self.limits.idle, until);
        let body = Decoded::new(body, coding, limit, &mut head.headers);
        let body = Redacted::new(body, echoes);
        Ok(Response::from_parts(head, body))
    }

    fn sealed(&self, grant: &Grant) -> Result<HeaderValue, Refusal> {
        let sealed = self.grants.seal(grant).map_err(Refusal::Platform)?;
        HeaderValue::try_from(sealed).map_err(|error| {
            let message = "A sealed grant does not fit into a header.";
            Refusal::Platform(Error::internal(message, error))
        })
    }

    async fn credential_missing(
        &self,
        grant: &Grant,
        route: &ToolRoute,
        target: &Target<'_>,
    ) -> Refusal {
        let slug = self.mounted.slug_of(grant).await;
        let slug = slug.as_ref().map_or("API", |slug| slug.as_str());
        let Some(scheme) = sendable(route, target).flatten().next() else {
            return Refusal::CertificateInsecure {
                tool: grant.tool.clone(),
                origin: target.url.origin().ascii_serialization(),
            };
        };
        Refusal::CredentialMissing {
            tool: grant.tool.clone(),
            schemes: in_words(sendable(route, target)),
            command: format!("toolmill credential set {slug} {scheme} @FILE"),
        }
    }

    async fn refuse(
        &self,
        server: &ServerKey,
        by: By<'_>,
        refusal: &Refusal,
    ) -> Response<AnswerBody> {
        let code = refusal.code();
        tracing::warn!(%server, code, %refusal, "a request to an API was refused");
        if refusal.is_transgression() {
            self.ledger.refused(by, code).await;
        }
        refusal.response().map(Either::Left)
    }
}

fn upstream_request(
    method: http::Method,
    target: &Target<'_>,
    rest: HeaderMap,
    body: Incoming,
) -> Result<Request<Incoming>, Refusal> {
    let unusable = |_| Refusal::Target {
        reason: "it cannot be sent",
    };
    let host = HeaderValue::try_from(target.authority()).map_err(|_| Refusal::Target {
        reason: "its host cannot be sent",
    })?;
    // First, as RFC 9110, section 7.2, advises.
    let mut headers = HeaderMap::with_capacity(rest.len() + 1);
    headers.insert(HOST, host);
    headers.extend(rest);
    let path_and_query = match target.url.query() {
        Some(query) => format!("{}?{query}", target.url.path()),
        None => target.url.path().to_owned(),
    };
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = Uri::try_from(path_and_query).map_err(unusable)?;
    *request.headers_mut() = headers;
    Ok(request)
}
