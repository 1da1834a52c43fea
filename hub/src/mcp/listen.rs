//! Streams of news: the `GET` of older clients, and `subscriptions/listen`.
//!
//! The news is always the same, that the tool list has changed.

use std::convert::Infallible;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use http::HeaderValue;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::META_PREFIX;
use super::authenticate::Caller;
use super::discover::meta;
use super::endpoint::Endpoint;
use super::envelope::Request;
use super::reply::Failure;
use crate::json::Members;
use crate::mount::News;

impl Endpoint {
    /// The stream of a legacy client, open until either side ends it.
    pub(super) fn legacy_news(&self, caller: &Caller) -> Response {
        let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
        events(Script {
            news: Some(self.mounted.news(&caller.ctx)),
            stop: self.stop.clone(),
            first: None,
            changed,
            last: None,
        })
    }

    /// `subscriptions/listen`: says what of the filter it takes up, then sends
    /// it, and a result when the hub stops.
    pub(super) fn listen(
        &self,
        caller: &Caller,
        request: &Request<'_>,
    ) -> Result<Response, Failure> {
        let Some(filter) = request.params.get("notifications") else {
            return Err(Failure::invalid_params("`notifications` is missing."));
        };
        let filter = Members::parse(filter.get())
            .map_err(|_| Failure::invalid_params("`notifications` must be an object."))?;
        let asked = |name| {
            filter
                .get(name)
                .is_some_and(|value: &RawValue| value.get() == "true")
        };
        let tools = asked("toolsListChanged");
        let accepted = if tools {
            json!({"toolsListChanged": true})
        } else {
            json!({})
        };
        let subscription = subscription(request.id);
        Ok(events(Script {
            news: tools.then(|| self.mounted.news(&caller.ctx)),
            stop: self.stop.clone(),
            first: Some(json!({
                "jsonrpc": "2.0",
                "method": "notifications/subscriptions/acknowledged",
                "params": {"_meta": subscription, "notifications": accepted},
            })),
            changed: json!({
                "jsonrpc": "2.0",
                "method": "notifications/tools/list_changed",
                "params": {"_meta": subscription},
            }),
            last: Some(farewell(request.id)),
        }))
    }
}

/// Ties a notification to the request that asked for it.
fn subscription(id: &RawValue) -> Value {
    json!({ format!("{META_PREFIX}subscriptionId"): id })
}

fn farewell(id: &RawValue) -> Value {
    let mut meta = meta();
    meta[format!("{META_PREFIX}subscriptionId")] = json!(id);
    json!({"jsonrpc": "2.0", "id": id, "result": {"resultType": "complete", "_meta": meta}})
}

/// What a stream says, and when.
struct Script {
    /// Taken once the stream has nothing more to say.
    news: Option<News>,
    stop: CancellationToken,
    first: Option<Value>,
    changed: Value,
    last: Option<Value>,
}

impl Script {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let message = match self.first.take() {
            Some(first) => first,
            None if self.changed().await => self.changed.clone(),
            None => self.last.take()?,
        };
        Some((Ok(Event::default().data(message.to_string())), self))
    }

    /// Waits for a change; false where the hub stops.
    async fn changed(&mut self) -> bool {
        let Some(news) = &mut self.news else {
            self.stop.cancelled().await;
            return false;
        };
        tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            changed = news.next() => changed.is_some(),
        }
    }
}

fn events(script: Script) -> Response {
    let events = stream::unfold(script, Script::next);
    let mut response = streamed(events);
    // Asks proxies to pass on each event as it comes.
    response
        .headers_mut()
        .insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn streamed(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}
