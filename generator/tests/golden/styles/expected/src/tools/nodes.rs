//! The operations of `nodes`.

use toolmill_runtime::{Args, Request, Result, Source};

/// Type — `POST /nodes`
pub fn type_(args: &Args<'_>) -> Result<Request> {
    let properties = ["name", "secret", "parent"];
    Request::post("/nodes", args)
        .json("application/vnd.node+json", Source::Object(&properties))
        .security(&[&["special"]])
        .build()
}

/// `PATCH /nodes`
pub fn patch_nodes(args: &Args<'_>) -> Result<Request> {
    Request::patch("/nodes", args)
        .json("application/merge-patch+json", Source::Argument("body"))
        .security(&[&["key"], &[]])
        .build()
}

/// Add person — `POST /people`
pub fn add_person(args: &Args<'_>) -> Result<Request> {
    let properties = ["name", "age"];
    Request::post("/people", args)
        .json("application/json", Source::Object(&properties))
        .server("https://people.example.com")
        .security(&[&["key"], &[]])
        .build()
}
