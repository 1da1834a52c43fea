//! The operations of `nodes`.

use toolmill_runtime::{Args, Request, Result};

/// Type — `POST /nodes`
pub fn type_(args: &Args<'_>) -> Result<Request> {
    let fields = [("name", "name"), ("secret", "secret"), ("parent", "parent")];
    Request::post("/nodes")
        .json("application/vnd.node+json", args.required_object(&fields))
        .security(&[&["special"]])
        .build()
}

/// `PATCH /nodes`
pub fn patch_nodes(args: &Args<'_>) -> Result<Request> {
    Request::patch("/nodes")
        .json("application/merge-patch+json", args.get("body"))
        .security(&[&["key"], &[]])
        .build()
}

/// Add person — `POST /people`
pub fn add_person(args: &Args<'_>) -> Result<Request> {
    let fields = [("name", "name"), ("age", "age")];
    Request::post("/people")
        .json("application/json", args.required_object(&fields))
        .server("https://people.example.com")
        .security(&[&["key"], &[]])
        .build()
}
