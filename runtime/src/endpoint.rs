//! The MCP endpoint over HTTP: each message is taken in here, and answered by whoever can.

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited, combinators::BoxBody};
use hyper::body::Incoming;
use rmcp::{
    ErrorData,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
    },
};

use crate::{limits::size, mcp::Handler, message, ordinary, surviving::surviving};

/// So many bytes of a message that is too long, and for so long, are read and thrown away.
const DISCARDED: usize = 16 * 1024 * 1024;
const LINGER: Duration = Duration::from_secs(2);

/// How many times the room of a message's values rmcp takes.
const RMCP: usize = 3;

type Mcp = StreamableHttpService<Handler, NeverSessionManager>;

type Answer = Response<BoxBody<Bytes, Infallible>>;

/// Where requests go.
pub(crate) struct Endpoint {
    handler: Handler,
    mcp: Mcp,
    /// The names by which the server may be called.
    hosts: Vec<String>,
    /// Bytes that a message's values may take.
    room: usize,
}

impl Endpoint {
    pub(crate) fn new(
        handler: Handler,
        config: StreamableHttpServerConfig,
        hosts: Vec<String>,
        room: usize,
    ) -> Self {
        let served = handler.clone();
        Self {
            handler,
            mcp: Mcp::new(move || Ok(served.clone()), Default::default(), config),
            hosts,
            room,
        }
    }

    pub(crate) async fn answer(
        self: Arc<Self>,
        mut request: Request<Incoming>,
    ) -> Result<Answer, Infallible> {
        if !matches!(request.uri().path(), "/mcp" | "/mcp/") {
            return Ok(said(StatusCode::NOT_FOUND, "MCP is served at `/mcp`.\n"));
        }
        if request.method() != Method::POST {
            return Ok(Box::pin(self.mcp.handle(request)).await);
        }
        let longest = self.handler.limits().message;
        let body = match Limited::new(request.body_mut(), longest).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                discard(request.into_body()).await;
                let text = format!("A message may have at most {}.\n", size(longest));
                return Ok(said(StatusCode::PAYLOAD_TOO_LARGE, text));
            }
            // Of a client that breaks off, nobody reads the answer.
            Err(_) => Bytes::new(),
        };
        let responding = pin!(self.respond(request, &body));
        Ok(surviving(responding).await.unwrap_or_else(|| {
            let text =
                "The server failed by a fault of its own; other messages are still answered.";
            let error = ErrorData::internal_error(text, None);
            refused(StatusCode::OK, error, &body)
        }))
    }

    /// The answer to one message.
    async fn respond(&self, mut request: Request<Incoming>, body: &Bytes) -> Answer {
        if ordinary::is_ordinary(&request, &self.hosts) {
            let answer = ordinary::answer(&self.handler, request.headers(), body, self.room);
            if let Some(response) = answer.await {
                return response.map(BodyExt::boxed);
            }
        }
        let seen = match message::look_through(body) {
            Ok(seen) => seen,
            Err(error) => return refused(StatusCode::BAD_REQUEST, error, body),
        };
        // The handler says so, once all the rest of the request has been found to be right.
        if let Some(repeated) = seen.repeated {
            request.extensions_mut().insert(repeated);
        }
        if seen.room > self.room / RMCP {
            let text = "The message has more values than there is room for: send fewer at a time.";
            let error = ErrorData::invalid_params(text, None);
            return refused(StatusCode::PAYLOAD_TOO_LARGE, error, body);
        }
        // On the heap, so that an ordinary request does not carry the room that rmcp would need.
        Box::pin(self.mcp.handle(request.map(|_| Full::new(body.clone())))).await
    }
}

/// Reads on for a little, since a client that is still sending may hear no answer when its
/// connection ends (RFC 9112, section 9.6).
async fn discard(mut body: Incoming) {
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
    let _ = tokio::time::timeout(LINGER, rest).await;
}

fn said(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let mut response = Response::new(Full::new(text.into()).boxed());
    *response.status_mut() = status;
    response
}

/// An error in answer to a message.
fn refused(status: StatusCode, error: ErrorData, message: &[u8]) -> Answer {
    let refusal = message::refusal(error, message);
    let bytes = serde_json::to_vec(&refusal).unwrap_or_default();
    let mut response = Response::new(Full::from(bytes).boxed());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, ordinary::JSON_TYPE);
    response
}
