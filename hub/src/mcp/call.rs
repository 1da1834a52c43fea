//! `tools/call`: what came is handed to [`crate::call`], and its outcome told
//! in the words of the protocol.

use std::error::Error as _;

use axum::response::Response;
use serde_json::json;

use super::authenticate::Caller;
use super::discover::meta;
use super::endpoint::Endpoint;
use super::envelope::Request;
use super::era::Era;
use super::reply::{self, Failure};
use crate::call::{Answer, Fault, Forwarded, legacy};

impl Endpoint {
    pub(super) async fn call(
        &self,
        caller: &Caller,
        era: Era,
        request: &Request<'_>,
    ) -> Result<Response, Failure> {
        let Some(name) = request.string("name")? else {
            return Err(Failure::invalid_params("`name` is missing."));
        };
        let forwarded = Forwarded {
            arguments: request.object("arguments")?,
            meta: &request.meta,
        };
        match self.caller.call(&caller.ctx, &name, forwarded).await {
            Ok(Answer::Result { result, .. }) if era == Era::Legacy => {
                Ok(reply::result(request.id, legacy(&result)))
            }
            Ok(Answer::Result { result, .. }) => Ok(reply::result(request.id, result)),
            Ok(Answer::Error(error)) => Ok(reply::error(request.id, error)),
            Err(fault) => told(era, request, &fault),
        }
    }
}

fn told(era: Era, request: &Request<'_>, fault: &Fault) -> Result<Response, Failure> {
    match fault {
        Fault::UnknownTool(_) => return Err(Failure::invalid_params(fault.to_string())),
        Fault::Platform(error) => {
            tracing::error!(%error, source = error.source(), "a call could not be made");
            return Err(Failure::internal(fault.to_string()));
        }
        _ => tracing::warn!(%fault, source = fault.source(), "a call has no answer"),
    }
    let mut result = json!({
        "content": [{"type": "text", "text": fault.to_string()}],
        "isError": true,
    });
    if era == Era::Modern {
        result["resultType"] = json!("complete");
        result["_meta"] = meta();
    }
    Ok(reply::result(request.id, result.to_string()))
}
