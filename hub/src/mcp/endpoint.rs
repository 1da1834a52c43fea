//! The HTTP side of `/mcp`, and which method goes where.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use toolmill_core::Store;

use super::authenticate::{Authenticator, Caller};
use super::discover::{SESSION, discover};
use super::envelope::{Message, Request, decode};
use super::era::Era;
use super::guard::Guard;
use super::refused::Refused;
use super::reply::{self, Failure};
use super::session::Sessions;
use crate::config::HubConfig;
use crate::mount::Mounted;

/// A request's body must have come by then.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// So many bytes, and for so long, of what comes behind a body that is too long are read
/// and thrown away.
const DISCARDED: usize = 16 * 1024 * 1024;
const LINGER: Duration = Duration::from_secs(2);

/// Everything that `/mcp` needs.
pub(crate) struct Endpoint {
    guard: Guard,
    authenticator: Authenticator,
    pub(super) sessions: Sessions,
    pub(super) mounted: Arc<Mounted>,
    pub(super) caller: crate::call::Caller,
    /// Bytes of a message.
    largest: usize,
    /// Ends the streams.
    pub(super) stop: CancellationToken,
}

impl Endpoint {
    pub(crate) fn new(
        config: &HubConfig,
        store: Arc<dyn Store>,
        mounted: Arc<Mounted>,
        caller: crate::call::Caller,
        stop: CancellationToken,
    ) -> Self {
        Self {
            guard: Guard::new(&config.allowed_hosts, &config.allowed_origins),
            authenticator: Authenticator::new(store),
            sessions: Sessions::new(&config.session_key),
            mounted,
            caller,
            largest: config.message,
            stop,
        }
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/mcp", any(handle))
            .route("/mcp/", any(handle))
            .with_state(Arc::new(self))
    }
}

async fn handle(
    State(endpoint): State<Arc<Endpoint>>,
    request: axum::extract::Request,
) -> Response {
    let (head, body) = request.into_parts();
    let answered = match endpoint.admit(&head).await {
        Ok(caller) => endpoint.serve(&caller, &head, body).await,
        Err(refused) => Err(refused),
    };
    answered.unwrap_or_else(IntoResponse::into_response)
}

impl Endpoint {
    async fn admit(&self, head: &Parts) -> Result<Caller, Refused> {
        self.guard.check(head)?;
        self.authenticator.caller(&head.headers).await
    }

    async fn serve(&self, caller: &Caller, head: &Parts, body: Body) -> Result<Response, Refused> {
        if head.method == Method::POST {
            let body = read(&head.headers, body, self.largest).await?;
            return Ok(self.post(caller, &head.headers, &body).await);
        }
        let readable = Era::of_headers(&head.headers).and_then(|era| {
            if era == Era::Legacy {
                self.session(caller, &head.headers)?;
            }
            Ok(era)
        });
        match readable {
            Ok(era) => self.without_body(caller, head, era),
            Err(failure) => Ok(failure.response(None)),
        }
    }

    /// Only older clients send anything but `POST`. Their sessions hold nothing
    /// that could be ended, so `DELETE` is not offered to them either.
    fn without_body(&self, caller: &Caller, head: &Parts, era: Era) -> Result<Response, Refused> {
        match (era, &head.method) {
            (Era::Modern, _) => Err(Refused::Method("POST")),
            (Era::Legacy, &Method::GET) if accepts_events(&head.headers) => {
                Ok(self.legacy_news(caller))
            }
            (Era::Legacy, &Method::GET) => Err(Refused::NotAcceptable),
            (Era::Legacy, _) => Err(Refused::Method("GET, POST")),
        }
    }

    async fn post(&self, caller: &Caller, headers: &HeaderMap, body: &Bytes) -> Response {
        let request = match decode(body) {
            Ok(Message::Request(request)) => request,
            Ok(Message::Unanswered) => return reply::accepted(),
            Err(failure) => return failure.response(None),
        };
        self.dispatch(caller, headers, &request)
            .await
            .unwrap_or_else(|failure| failure.response(Some(request.id)))
    }

    async fn dispatch(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        request: &Request<'_>,
    ) -> Result<Response, Failure> {
        let era = Era::of(headers, request)?;
        if era == Era::Legacy && request.method != "initialize" {
            self.session(caller, headers)?;
        }
        match (era, request.method.as_str()) {
            (_, "tools/call") => self.call(caller, era, request).await,
            (_, "tools/list") => self.list(caller, era, request).await,
            (Era::Legacy, "initialize") => self.initialize(caller, request),
            (Era::Legacy, "ping") => Ok(reply::result(request.id, "{}")),
            (Era::Modern, "server/discover") => Ok(discover(request)),
            (Era::Modern, "subscriptions/listen") => self.listen(caller, request),
            (_, method) => Err(Failure::unknown_method(era, method)),
        }
    }

    /// Checks the session id, where one is shown. A session holds nothing that
    /// a request needs, so one without it is served as well.
    fn session(&self, caller: &Caller, headers: &HeaderMap) -> Result<(), Failure> {
        let mut shown = headers.get_all(SESSION).iter();
        let open = shown.all(|id| {
            id.to_str()
                .is_ok_and(|id| self.sessions.is_open(id, &caller.ctx, &caller.token))
        });
        if open {
            Ok(())
        } else {
            Err(Failure::no_session())
        }
    }
}

async fn read(headers: &HeaderMap, mut body: Body, most: usize) -> Result<Bytes, Refused> {
    if !is_json(headers) {
        return Err(Refused::MediaType);
    }
    match timeout(BODY_WITHIN, Limited::new(&mut body, most).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            discard(body).await;
            Err(Refused::TooLarge(most))
        }
        Ok(Err(_)) => Err(Refused::BrokenOff),
        Err(_) => Err(Refused::TooSlow),
    }
}

/// Reads on for a little, since a client that is still sending may hear no answer when its
/// connection ends (RFC 9112, section 9.6).
async fn discard(mut body: Body) {
    let rest = async {
        let mut left = DISCARDED;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            let Some(rest) = left.checked_sub(length) else {
                return;
            };
            left = rest;
        }
    };
    // Whether or not it came to its end, it has had its time.
    let _ = timeout(LINGER, rest).await;
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn accepts_events(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|accepted| {
        accepted.to_str().is_ok_and(|accepted| {
            accepted.contains("text/event-stream") || accepted.contains("*/*")
        })
    })
}
