//! The operations of `styles`.

use toolmill_runtime::{Args, Request, Result, Style};

/// Path styles — `GET /path/{plain}/{label}{matrix}`
pub fn path_styles(args: &Args<'_>) -> Result<Request> {
    Request::get("/path/{plain}/{label}{matrix}", args)
        .path("plain", Style::Simple)
        .path("label", Style::Label.exploded())
        .path("matrix", Style::Matrix)
        .security(&[&["key"], &[]])
        .build()
}

/// Query styles — `GET /query`
pub fn query_styles(args: &Args<'_>) -> Result<Request> {
    Request::get("/query", args)
        .query("colors", Style::Form)
        .query("limit", Style::Form)
        .query("joined", Style::Form.joined())
        .query("piped", Style::PipeDelimited)
        .query("spaced", Style::SpaceDelimited)
        .query("deep", Style::DeepObject)
        .query("raw", Style::Form.reserved())
        .query_from("filter_name", "filter[name]", Style::Form)
        .query("json", Style::Json)
        .query("note", Style::Form)
        .query("anything", Style::Form)
        .build()
}
