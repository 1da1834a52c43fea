//! Tools of what only OpenAPI 3.2 has.

use toolmill_runtime::{Args, Field, Request, Result, Style};

/// A method without a field of its own — `COPY /pets`
pub fn copy_pet(_args: &Args<'_>) -> Result<Request> {
    Request::with_method("COPY", "/pets").build()
}

/// A safe method with a body — `QUERY /pets`
pub fn search_pets(args: &Args<'_>) -> Result<Request> {
    Request::with_method("QUERY", "/pets")
        .json("application/json", args.get("body"))
        .build()
}

/// A query that is a form — `GET /whole`
pub fn whole_form(args: &Args<'_>) -> Result<Request> {
    let joined = Field::of("joined").style(Style::Form);
    Request::get("/whole")
        .query_form(args.get("v"), &[joined])
        .build()
}

/// A query that is JSON — `GET /whole`
pub fn whole_json(args: &Args<'_>) -> Result<Request> {
    Request::get("/whole")
        .query_string(args.get("v"), Style::Json)
        .build()
}

/// A query that is any text — `GET /whole`
pub fn whole_text(args: &Args<'_>) -> Result<Request> {
    Request::get("/whole")
        .query_string(args.get("v"), Style::Simple)
        .build()
}

/// A value on each line — `POST /lines`
pub fn send_lines(args: &Args<'_>) -> Result<Request> {
    Request::post("/lines")
        .sequence("application/jsonl", args.get("body"))
        .build()
}

/// A JSON text sequence — `POST /lines`
pub fn send_sequence(args: &Args<'_>) -> Result<Request> {
    Request::post("/lines")
        .sequence("application/geo+json-seq; x=y", args.get("body"))
        .build()
}
