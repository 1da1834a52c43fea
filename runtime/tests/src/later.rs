//! Tools of what only OpenAPI 3.2 has.

use toolmill_runtime::{Args, Field, Request, Result, Source, Style};

/// A method without a field of its own — `COPY /pets`
pub fn copy_pet(args: &Args<'_>) -> Result<Request> {
    Request::with_method("COPY", "/pets", args).build()
}

/// A safe method with a body — `QUERY /pets`
pub fn search_pets(args: &Args<'_>) -> Result<Request> {
    Request::with_method("QUERY", "/pets", args)
        .json("application/json", Source::Argument("body"))
        .build()
}

/// A query that is a form — `GET /whole`
pub fn whole_form(args: &Args<'_>) -> Result<Request> {
    let joined = Field::of("joined").style(Style::Form.joined());
    Request::get("/whole", args)
        .query_form("v", &[joined])
        .build()
}

/// A query that is JSON — `GET /whole`
pub fn whole_json(args: &Args<'_>) -> Result<Request> {
    Request::get("/whole", args)
        .query_string("v", Style::Json)
        .build()
}

/// A query that is any text — `GET /whole`
pub fn whole_text(args: &Args<'_>) -> Result<Request> {
    Request::get("/whole", args)
        .query_string("v", Style::Simple)
        .build()
}

/// A value on each line — `POST /lines`
pub fn send_lines(args: &Args<'_>) -> Result<Request> {
    Request::post("/lines", args)
        .sequence("application/jsonl", Source::Argument("body"))
        .build()
}

/// A JSON text sequence — `POST /lines`
pub fn send_sequence(args: &Args<'_>) -> Result<Request> {
    Request::post("/lines", args)
        .sequence("application/geo+json-seq; x=y", Source::Argument("body"))
        .build()
}
