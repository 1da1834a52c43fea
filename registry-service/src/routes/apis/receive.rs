//! Receives the bytes of a specification: no more than may be, as they are, in time.

use std::time::Duration;

use axum::body::{BodyDataStream, HttpBody};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use futures_util::StreamExt;
use toolmill_core::Error;

use crate::problem::Refusal;

/// Long enough for 16 MiB at 1 Mbit/s.
const WITHIN: Duration = Duration::from_secs(150);

/// For so long, what is sent after a refusal is read and thrown away.
const LINGER: Duration = Duration::from_secs(2);

/// The body of a request.
///
/// # Errors
/// Where it is encoded (415), longer than `most` bytes by its own account or as it comes
/// (413), or too slow (408).
pub(super) async fn receive(request: Request, most: usize) -> Result<Vec<u8>, Refusal> {
    let (head, body) = request.into_parts();
    let mut chunks = body.into_data_stream();
    let received = match refused(&head.headers, &chunks, most) {
        Some(refusal) => Err(refusal),
        None => {
            let read = tokio::time::timeout(WITHIN, read(&mut chunks, most)).await;
            read.unwrap_or(Err(Refusal::Slow))
        }
    };
    if received.is_err() {
        discard(chunks, most).await;
    }
    received
}

/// Reads on for a little, since a client that is still sending may hear no answer when its
/// connection ends (RFC 9112, section 9.6).
pub(super) async fn discard(mut chunks: BodyDataStream, most: usize) {
    let rest = async {
        let mut discarded = 0;
        while let Some(Ok(chunk)) = chunks.next().await {
            discarded += chunk.len();
            if discarded > most {
                return;
            }
        }
    };
    // Whether or not it came to its end, it has had its time.
    let _ = tokio::time::timeout(LINGER, rest).await;
}

fn refused(headers: &HeaderMap, body: &BodyDataStream, most: usize) -> Option<Refusal> {
    // What a few bytes unfold to is nobody's guess, and specifications are small.
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    if !encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Some(Refusal::Encoded);
    }
    let least = HttpBody::size_hint(body).lower();
    (least > most as u64).then_some(Refusal::TooLarge(most))
}

async fn read(chunks: &mut BodyDataStream, most: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            let message = format!("The request's body broke off: {error}.");
            Error::invalid(message, "Send it again.")
        })?;
        if bytes.len() + chunk.len() > most {
            return Err(Refusal::TooLarge(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
