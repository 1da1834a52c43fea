//! The HTTP side of `/mcp`, and which method goes where.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::any;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::authenticate::{Authenticator, Caller};
use super::discover::{SESSION, discover};
use super::envelope::{Message, Request, decode};
use super::era::Era;
use super::guard::Guard;
use super::reply::{self, Failure};
use super::session::Sessions;
use crate::mount::Mounted;

const MAX_BODY: usize = 4 * 1024 * 1024;
/// A request's body must have come by then.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// Everything that `/mcp` needs.
pub(crate) struct Endpoint {
    pub(super) guard: Guard,
    pub(super) authenticator: Authenticator,
    pub(super) sessions: Sessions,
    pub(super) mounted: Arc<Mounted>,
    pub(super) caller: crate::call::Caller,
    /// Ends the streams.
    pub(super) stop: CancellationToken,
}

impl Endpoint {
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/mcp", any(handle))
            .with_state(Arc::new(self))
    }
}

async fn handle(
    State(endpoint): State<Arc<Endpoint>>,
    request: axum::extract::Request,
) -> Response {
    let (head, body) = request.into_parts();
    let answered = match endpoint.admit(&head).await {
        Ok(caller) => endpoint.serve(&caller, head, body).await,
        Err(refusal) => Err(refusal),
    };
    answered.unwrap_or_else(|refusal| refusal)
}

/// In all of these, an error is the answer to give instead.
impl Endpoint {
    async fn admit(&self, head: &Parts) -> Result<Caller, Response> {
        self.guard.check(head)?;
        self.authenticator.caller(&head.headers).await
    }

    async fn serve(&self, caller: &Caller, head: Parts, body: Body) -> Result<Response, Response> {
        match head.method {
            Method::POST => {
                let body = read(&head.headers, body).await?;
                Ok(self.post(caller, &head.headers, &body).await)
            }
            _ => self.without_body(caller, &head),
        }
    }

    /// Only older clients send anything but `POST`. Their sessions hold nothing
    /// that could be ended, so `DELETE` is not offered to them either.
    fn without_body(&self, caller: &Caller, head: &Parts) -> Result<Response, Response> {
        let era = Era::of_headers(&head.headers).map_err(|failure| failure.response(None))?;
        match (era, &head.method) {
            (Era::Modern, _) => Err(reply::method_not_allowed("POST")),
            (Era::Legacy, &Method::GET) => {
                self.session(caller, &head.headers)
                    .map_err(|failure| failure.response(None))?;
                if accepts_events(&head.headers) {
                    Ok(self.legacy_news(caller))
                } else {
                    Err(not_acceptable())
                }
            }
            (Era::Legacy, _) => Err(reply::method_not_allowed("GET, POST")),
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

async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Response> {
    if !is_json(headers) {
        return Err(reply::problem(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Unsupported media type",
            "A message must be `application/json`.",
            "",
        ));
    }
    match timeout(BODY_WITHIN, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(reply::problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Too large",
            "A message may have at most 4 MiB.",
            "",
        )),
        Ok(Err(_)) => Err(reply::problem(
            StatusCode::BAD_REQUEST,
            "Broken off",
            "The message did not come to its end.",
            "",
        )),
        Err(_) => Err(reply::problem(
            StatusCode::REQUEST_TIMEOUT,
            "Too slow",
            "The message did not come within 30 s.",
            "",
        )),
    }
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

fn not_acceptable() -> Response {
    reply::problem(
        StatusCode::NOT_ACCEPTABLE,
        "Not acceptable",
        "A `GET` here opens a stream of events.",
        "Send `Accept: text/event-stream`.",
    )
}
