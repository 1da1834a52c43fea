//! The operations of `untagged`.

use toolmill_runtime::{Args, Request, Result, Source, Style};

/// One name in every place — `PUT /places/{id}`
pub fn places(args: &Args<'_>) -> Result<Request> {
    Request::put("/places/{id}", args)
        .path("id", Style::Simple)
        .query_from("query_id", "id", Style::Form)
        .header_from("header_id", "id", Style::Simple)
        .cookie_from("cookie_id", "id", Style::Form)
        .json("application/json", Source::Argument("body"))
        .security(&[&["login", "session"], &["token"], &["certificate"]])
        .build()
}
