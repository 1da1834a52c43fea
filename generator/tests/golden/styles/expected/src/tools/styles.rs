//! The operations of `styles`.

use toolmill_runtime::{Args, Request, Result, Style};

/// Path styles — `GET /path/{plain}/{label}{matrix}`
pub fn path_styles(args: &Args<'_>) -> Result<Request> {
    Request::get("/path/{plain}/{label}{matrix}")
        .path("plain", args.required("plain")?, Style::Simple)
        .path("label", args.required("label")?, Style::Label.exploded())
        .path("matrix", args.required("matrix")?, Style::Matrix)
        .security(&[&["key"], &[]])
        .build()
}

/// Query styles — `GET /query`
pub fn query_styles(args: &Args<'_>) -> Result<Request> {
    Request::get("/query")
        .query("colors", args.get("colors"), Style::Form.exploded())
        .query("limit", args.get("limit"), Style::Form.exploded())
        .query("joined", args.get("joined"), Style::Form)
        .query("piped", args.get("piped"), Style::PipeDelimited)
        .query("spaced", args.get("spaced"), Style::SpaceDelimited)
        .query("deep", args.get("deep"), Style::DeepObject)
        .query("raw", args.get("raw"), Style::Form.exploded().reserved())
        .query("filter[name]", args.get("filter_name"), Style::Form.exploded())
        .query("json", args.get("json"), Style::Json)
        .query("note", args.get("note"), Style::Form.exploded())
        .query("anything", args.get("anything"), Style::Form.exploded())
        .build()
}
