//! `tools/list`, page by page.

use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::authenticate::Caller;
use super::discover::{FRESH_MS, meta};
use super::endpoint::Endpoint;
use super::envelope::Request;
use super::era::Era;
use super::reply::{self, Failure};

impl Endpoint {
    pub(super) async fn list(
        &self,
        caller: &Caller,
        era: Era,
        request: &Request<'_>,
    ) -> Result<Response, Failure> {
        let offset = match request.string("cursor")? {
            None => 0,
            Some(cursor) => offset(&cursor).ok_or_else(|| {
                Failure::invalid_params("`cursor` is not one that an earlier page gave.")
            })?,
        };
        let page = self
            .mounted
            .page(&caller.ctx, offset)
            .await
            .map_err(|error| {
                tracing::error!(%error, "a tool list could not be read");
                Failure::internal("The tools could not be listed. Try again later.")
            })?;
        let mut result = format!("{{\"tools\":{}", page.tools);
        if let Some(next) = page.next {
            result.push_str(&format!(",\"nextCursor\":\"{}\"", cursor(next)));
        }
        if era == Era::Modern {
            result.push_str(&format!(
                ",\"ttlMs\":{FRESH_MS},\"cacheScope\":\"private\",\"resultType\":\"complete\",\"_meta\":{}",
                meta()
            ));
        }
        result.push('}');
        Ok(reply::result(request.id, result))
    }
}

fn cursor(offset: u32) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("after {offset}"))
}

fn offset(cursor: &str) -> Option<u32> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let text = std::str::from_utf8(&text).ok()?;
    text.strip_prefix("after ")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back() {
        assert_eq!(offset(&cursor(300)), Some(300));
        for forged in ["", "300", "YWZ0ZXIgLTE", "é"] {
            assert_eq!(offset(forged), None, "{forged}");
        }
    }
}
