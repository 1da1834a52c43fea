//! Tools with bodies of every kind.

use toolmill_runtime::{Args, Field, Request, Result, Source, Style};

/// Any JSON — `POST /json`
pub fn json(args: &Args<'_>) -> Result<Request> {
    Request::post("/json", args)
        .json("application/vnd.x+json; v=1", Source::Argument("body"))
        .build()
}

/// A form as URLs have it — `POST /form`
pub fn form(args: &Args<'_>) -> Result<Request> {
    let fields = [
        Field::of("deep").style(Style::DeepObject.exploded()),
        Field::of("joined").style(Style::PipeDelimited),
        Field::of("json").media_type("application/json"),
    ];
    Request::post("/form", args)
        .form(
            "application/x-www-form-urlencoded",
            Source::Argument("body"),
            &fields,
        )
        .build()
}

/// A form of parts — `POST /parts`
pub fn parts(args: &Args<'_>) -> Result<Request> {
    let fields = [
        Field::of("file").file(),
        Field::of("photos")
            .file()
            .media_type("image/png, image/jpeg")
            .headers(&[("X-Rotation", "rotation")]),
        Field::of("deep").style(Style::DeepObject.exploded()),
        Field::of("typed").media_type("application/vnd.x+json; v=1"),
        Field::of("note").media_type("text/markdown"),
    ];
    Request::post("/parts", args)
        .multipart("multipart/form-data", Source::Argument("body"), &fields)
        .build()
}

/// Text in one of two media types — `POST /text`
pub fn text(args: &Args<'_>) -> Result<Request> {
    Request::post("/text", args)
        .text("text/plain", Source::Argument("body"))
        .media_type_from("contentType")
        .build()
}

/// Bytes — `PUT /bytes`
pub fn bytes(args: &Args<'_>) -> Result<Request> {
    Request::put("/bytes", args)
        .bytes("application/octet-stream", Source::Argument("body"))
        .build()
}

/// An image of any type — `PUT /image`
pub fn image(args: &Args<'_>) -> Result<Request> {
    Request::put("/image", args)
        .bytes("image/*", Source::Argument("body"))
        .build()
}

/// An XML document — `POST /xml`
pub fn xml(args: &Args<'_>) -> Result<Request> {
    let hints = r##"{"name":"Pet","prefix":"p","namespace":"urn:x&y","properties":{
        "id":{"attribute":true},"photos":{"wrapped":true,"items":{"name":"photo"}},
        "tags":{"items":{"$ref":"Tag"}},"aliens":{"name":"strangers","wrapped":true},
        "friend":{"$ref":"Pet"}},
        "$defs":{"Tag":{"name":"tag","properties":{"n":{"attribute":true,"name":"no"}}},
        "Pet":{"properties":{"id":{"attribute":true},"friend":{"$ref":"Pet"}}}}}"##;
    Request::post("/xml", args)
        .xml("application/xml", Source::Argument("body"), hints)
        .build()
}
