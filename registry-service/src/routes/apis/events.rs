//! `GET /api/v1/apis/{slug}/events`: how the newest version comes along, as
//! server-sent events with one [`StepEvent`] each, until it is mounted or failed.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::mpsc::UnboundedReceiver;
use toolmill_core::{Error, Slug, Step, StepEvent, StepState, Version};

use crate::Registry;
use crate::problem::Refusal;
use crate::routes::auth::Caller;
use crate::routes::extract::Path;

pub(super) async fn events(
    State(registry): State<Arc<Registry>>,
    Caller(caller): Caller,
    Path(slug): Path<Slug>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let api = registry.api(&caller.ctx, &slug).await?;
    let versions = registry.parts.store.versions(&caller.ctx, api.id).await?;
    let newest = versions
        .first()
        .ok_or_else(|| Error::not_found("version of", &slug))?;
    let stream = match registry.events.follow(newest.id) {
        Some(receiver) => live(receiver).left_stream(),
        None => {
            // It ended before we listened: read again what it came to.
            let version = registry.parts.store.version(&caller.ctx, newest.id).await?;
            stream::iter([outcome(&version)]).right_stream()
        }
    };
    let events = stream.map(|event| {
        let data = serde_json::to_string(&event).unwrap_or_default();
        Ok(Event::default().data(data))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

fn live(receiver: UnboundedReceiver<StepEvent>) -> impl Stream<Item = StepEvent> {
    stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|event| (event, receiver))
    })
}

/// The one event that says how a version ended.
fn outcome(version: &Version) -> StepEvent {
    match &version.failure {
        Some(failure) => StepEvent {
            step: failure.step,
            state: StepState::Failed {
                problem: failure.problem.clone(),
            },
        },
        None => StepEvent {
            step: version.reached.max(Step::Register),
            state: StepState::Finished {
                milliseconds: 0,
                message: String::new(),
            },
        },
    }
}
