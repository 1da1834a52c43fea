//! The operations of `untagged`.

use toolmill_runtime::{Args, Field, Request, Result, Source, Style};

/// Send form — `POST /form`
pub fn send_form(args: &Args<'_>) -> Result<Request> {
    let properties = ["name", "tags", "address", "expand", "metadata"];
    Request::post("/form", args)
        .form(
            "application/x-www-form-urlencoded",
            Source::OptionalObject(&properties),
            &[
                Field::of("expand").style(Style::PipeDelimited),
                Field::of("metadata").style(Style::DeepObject),
            ],
        )
        .build()
}

/// Upload — `POST /upload`
pub fn upload(args: &Args<'_>) -> Result<Request> {
    let properties = ["file", "photos", "meta", "note", "labels", "size", "offer"];
    Request::post("/upload", args)
        .multipart(
            "multipart/form-data",
            Source::Object(&properties),
            &[
                Field::of("file").file(),
                Field::of("photos").file().media_type("image/png, image/jpeg"),
                Field::of("note").media_type("text/markdown"),
                Field::of("labels").media_type("application/json"),
                Field::of("offer").media_type("application/sdp"),
            ],
        )
        .build()
}

/// Upload nested — `POST /nested`
pub fn upload_nested(args: &Args<'_>) -> Result<Request> {
    Request::post("/nested", args)
        .multipart(
            "multipart/form-data",
            Source::Argument("body"),
            &[Field::of("file").file().media_type("application/pdf")],
        )
        .build()
}

/// Upload rotated — `POST /rotated`
pub fn upload_rotated(args: &Args<'_>) -> Result<Request> {
    let properties = ["photo"];
    Request::post("/rotated", args)
        .multipart(
            "multipart/form-data",
            Source::Object(&properties),
            &[
                Field::of("photo")
                    .file()
                    .media_type("image/png")
                    .headers(&[("X-Rotation", "X-Rotation")]),
            ],
        )
        .build()
}

/// Send text — `PUT /text`
pub fn send_text(args: &Args<'_>) -> Result<Request> {
    Request::put("/text", args)
        .text("text/plain", Source::Argument("body"))
        .media_type_from("contentType")
        .build()
}

/// Send xml text — `PUT /xml`
pub fn send_xml_text(args: &Args<'_>) -> Result<Request> {
    Request::put("/xml", args).text("application/xml", Source::Argument("body")).build()
}

/// Send bytes — `PUT /bytes`
pub fn send_bytes(args: &Args<'_>) -> Result<Request> {
    Request::put("/bytes", args)
        .bytes("application/octet-stream", Source::Argument("body"))
        .build()
}

/// Send image — `PUT /image`
pub fn send_image(args: &Args<'_>) -> Result<Request> {
    Request::put("/image", args)
        .bytes("image/png, image/jpeg", Source::Argument("body"))
        .build()
}

/// Prefer json — `PUT /both`
pub fn prefer_json(args: &Args<'_>) -> Result<Request> {
    let properties = ["a"];
    Request::put("/both", args)
        .json("application/vnd.bodies+json", Source::Object(&properties))
        .build()
}

/// Send pet xml — `POST /pet-xml`
pub fn send_pet_xml(args: &Args<'_>) -> Result<Request> {
    let properties = ["id", "name", "photos", "friend"];
    Request::post("/pet-xml", args)
        .xml(
            "application/xml",
            Source::Object(&properties),
            r##"{"name":"pet","prefix":"p","namespace":"urn:pets","properties":{"id":{"attribute":true},"photos":{"wrapped":true,"items":{"name":"photo"}},"friend":{"$ref":"#/components/schemas/Pet"}},"$defs":{"#/components/schemas/Pet":{"name":"pet","prefix":"p","namespace":"urn:pets","properties":{"id":{"attribute":true},"photos":{"wrapped":true,"items":{"name":"photo"}},"friend":{"$ref":"#/components/schemas/Pet"}}}}}"##,
        )
        .build()
}
