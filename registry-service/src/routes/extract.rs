//! axum's extractors, with problem documents for what they refuse.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use toolmill_core::Error;

use crate::problem::Refusal;

/// The path's variables.
pub(crate) struct Path<T>(pub T);

/// The query's members.
pub(crate) struct Query<T>(pub T);

/// A JSON body.
pub(crate) struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        read.map(|path| Self(path.0))
            .map_err(|refused| invalid(&refused.body_text()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read = axum::extract::Query::from_request_parts(parts, state).await;
        read.map(|query| Self(query.0))
            .map_err(|refused| invalid(&refused.body_text()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let read = axum::Json::from_request(request, state).await;
        read.map(|body| Self(body.0))
            .map_err(|refused| invalid(&refused.body_text()))
    }
}

fn invalid(why: &str) -> Refusal {
    let message = format!("The request cannot be read: {}.", why.trim_end_matches('.'));
    Error::invalid(message, "").into()
}
