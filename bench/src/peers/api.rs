//! The API.

use anyhow::Result;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde_json::json;

use super::http::serve;

/// What the API answers, in bytes.
pub const ANSWER_BYTES: usize = 517;

/// What stands in it, by which a right answer is known.
pub const EXPECTED: &str = "the end of it";

/// Answers every request with the same JSON object.
pub async fn api() -> Result<()> {
    let answer = Bytes::from(answer());
    serve(move |request| {
        let answer = answer.clone();
        async move {
            // A body is read, as an API would.
            request.into_body().collect().await?;
            Ok(answer)
        }
    })
    .await
}

fn answer() -> String {
    let frame = json!({"id": "a1", "name": "", "note": EXPECTED})
        .to_string()
        .len();
    let name = "x".repeat(ANSWER_BYTES - frame);
    json!({"id": "a1", "name": name, "note": EXPECTED}).to_string()
}
