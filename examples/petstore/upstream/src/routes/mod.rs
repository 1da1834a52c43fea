//! The specification's operations, one function each, in a file for each tag.

mod orders;
mod pets;
mod store;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::{Method, StatusCode, Uri},
    routing::{get, post},
};

use crate::{auth::Callers, database::Database, problem::Problem};

/// Bytes; the largest body the specification allows is well below.
const MAX_BODY: usize = 64 * 1024;

#[derive(Clone)]
struct Store {
    callers: Callers,
    database: Database,
}

pub fn router(callers: Callers, database: Database) -> Router {
    Router::new()
        .route("/pets", get(pets::list).post(pets::add))
        .route(
            "/pets/{petId}",
            get(pets::get)
                .put(pets::update)
                .patch(pets::patch)
                .delete(pets::delete),
        )
        .route("/pets/{petId}/card", get(pets::card))
        .route("/orders", post(orders::place))
        .route("/orders/{orderId}", get(orders::get))
        .route("/store/inventory", get(store::inventory))
        .route("/store/whoami", get(store::who_am_i))
        .route("/store/hours", get(store::hours))
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Store { callers, database })
}

impl FromRef<Store> for Callers {
    fn from_ref(store: &Store) -> Self {
        store.callers.clone()
    }
}

impl FromRef<Store> for Database {
    fn from_ref(store: &Store) -> Self {
        store.database.clone()
    }
}

async fn not_found(uri: Uri) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        format!("The store has no `{}`.", uri.path()),
    )
}

async fn not_allowed(method: Method, uri: Uri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("`{}` doesn't take `{method}`.", uri.path()),
    )
}
