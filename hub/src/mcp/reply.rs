//! What the hub answers: JSON-RPC responses.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use serde_json::value::RawValue;

use super::era::{ALL, Era};
use crate::pieces::Pieces;

/// A JSON-RPC error and the HTTP status it travels with.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    code: i32,
    message: String,
    data: Option<serde_json::Value>,
}

impl Failure {
    pub(super) fn parse_error(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, -32700, message)
    }

    pub(super) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, -32600, message)
    }

    /// A session that was not opened here, or by another client.
    pub(super) fn no_session() -> Self {
        let message = "There is no such session. Send `initialize` to open one.";
        Self::new(StatusCode::NOT_FOUND, -32600, message)
    }

    /// Older clients expect JSON-RPC errors with status 200.
    pub(super) fn unknown_method(era: Era, method: &str) -> Self {
        let status = match era {
            Era::Modern => StatusCode::NOT_FOUND,
            Era::Legacy => StatusCode::OK,
        };
        let method: String = method
            .chars()
            .take(64)
            .flat_map(char::escape_debug)
            .collect();
        Self::new(status, -32601, format!("There is no method `{method}`."))
    }

    pub(super) fn invalid_params(message: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, -32602, message)
    }

    /// `_meta` lacks what every request of the modern era must carry.
    pub(super) fn missing_meta(names: &str) -> Self {
        let message =
            format!("The request's `_meta` lacks {names}, or holds no usable value there.");
        Self::new(StatusCode::BAD_REQUEST, -32602, message)
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, -32603, message)
    }

    /// A header is missing or says something else than the body.
    pub(super) fn header_mismatch(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, -32020, message)
    }

    pub(super) fn unsupported_version(requested: &str) -> Self {
        let requested: String = requested.chars().take(64).collect();
        Self {
            data: Some(json!({"supported": ALL, "requested": requested})),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                -32022,
                "This protocol version is not supported.",
            )
        }
    }

    fn new(status: StatusCode, code: i32, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            data: None,
        }
    }

    /// The response to the request of this id, or to one that has none that
    /// could be read.
    pub(super) fn response(self, id: Option<&RawValue>) -> Response {
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(data) = self.data {
            error["data"] = data;
        }
        let mut response = answer(id, "error", error.to_string().into());
        *response.status_mut() = self.status;
        response
    }
}

pub(super) fn result(id: &RawValue, result: impl Into<Bytes>) -> Response {
    answer(Some(id), "result", result.into())
}

/// An error object that came from a server.
pub(super) fn error(id: &RawValue, error: Bytes) -> Response {
    answer(Some(id), "error", error)
}

fn answer(id: Option<&RawValue>, member: &str, value: Bytes) -> Response {
    let id = id.map_or("null", RawValue::get);
    let head = format!(r#"{{"jsonrpc":"2.0","id":{id},"{member}":"#);
    let body = Pieces::from([head.into(), value, Bytes::from_static(b"}")]);
    let mut response = Response::new(Body::new(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Taken, and nothing to say.
pub(super) fn accepted() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
