//! The operations of `untagged`.

use toolmill_runtime::{Args, Request, Result, Style};

/// One name in every place — `PUT /places/{id}`
pub fn places(args: &Args<'_>) -> Result<Request> {
    Request::put("/places/{id}")
        .path("id", args.required("id")?, Style::Simple)
        .query("id", args.get("query_id"), Style::Form.exploded())
        .header("id", args.get("header_id"), Style::Simple)
        .cookie("id", args.get("cookie_id"), Style::Form.exploded())
        .json("application/json", args.required("body")?)
        .security(&[&["login", "session"], &["token"], &["certificate"]])
        .build()
}
