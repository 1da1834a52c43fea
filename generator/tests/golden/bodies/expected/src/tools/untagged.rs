//! The operations of `untagged`.

use toolmill_runtime::{Args, Field, Request, Result, Style};

/// Send form — `POST /form`
pub fn send_form(args: &Args<'_>) -> Result<Request> {
    let fields = [
        ("name", "name"),
        ("tags", "tags"),
        ("address", "address"),
        ("expand", "expand"),
        ("metadata", "metadata"),
    ];
    Request::post("/form")
        .form(
            "application/x-www-form-urlencoded",
            args.object(&fields),
            &[
                Field::of("expand").style(Style::PipeDelimited),
                Field::of("metadata").style(Style::DeepObject),
            ],
        )
        .build()
}

/// Upload — `POST /upload`
pub fn upload(args: &Args<'_>) -> Result<Request> {
    let fields = [
        ("file", "file"),
        ("photos", "photos"),
        ("meta", "meta"),
        ("note", "note"),
        ("labels", "labels"),
        ("size", "size"),
        ("offer", "offer"),
    ];
    Request::post("/upload")
        .multipart(
            "multipart/form-data",
            args.required_object(&fields),
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
    Request::post("/nested")
        .multipart(
            "multipart/form-data",
            args.get("body"),
            &[Field::of("file").file().media_type("application/pdf")],
        )
        .build()
}

/// Upload rotated — `POST /rotated`
pub fn upload_rotated(args: &Args<'_>) -> Result<Request> {
    let fields = [("photo", "photo")];
    Request::post("/rotated")
        .multipart(
            "multipart/form-data",
            args.required_object(&fields),
            &[
                Field::of("photo")
                    .file()
                    .media_type("image/png")
                    .header("X-Rotation", args.get("X-Rotation")),
            ],
        )
        .build()
}

/// Send text — `PUT /text`
pub fn send_text(args: &Args<'_>) -> Result<Request> {
    Request::put("/text")
        .text("text/plain", args.required("body")?)
        .media_type(args.get("contentType"))
        .build()
}

/// Send xml text — `PUT /xml`
pub fn send_xml_text(args: &Args<'_>) -> Result<Request> {
    Request::put("/xml").text("application/xml", args.get("body")).build()
}

/// Send bytes — `PUT /bytes`
pub fn send_bytes(args: &Args<'_>) -> Result<Request> {
    Request::put("/bytes")
        .bytes("application/octet-stream", args.required("body")?)
        .build()
}

/// Send image — `PUT /image`
pub fn send_image(args: &Args<'_>) -> Result<Request> {
    Request::put("/image").bytes("image/png, image/jpeg", args.get("body")).build()
}

/// Prefer json — `PUT /both`
pub fn prefer_json(args: &Args<'_>) -> Result<Request> {
    let fields = [("a", "a")];
    Request::put("/both")
        .json("application/vnd.bodies+json", args.required_object(&fields))
        .build()
}

/// Send pet xml — `POST /pet-xml`
pub fn send_pet_xml(args: &Args<'_>) -> Result<Request> {
    let fields = [
        ("id", "id"),
        ("name", "name"),
        ("photos", "photos"),
        ("friend", "friend"),
    ];
    Request::post("/pet-xml")
        .xml(
            "application/xml",
            args.required_object(&fields),
            r##"{"name":"pet","prefix":"p","namespace":"urn:pets","properties":{"id":{"attribute":true},"photos":{"wrapped":true,"items":{"name":"photo"}},"friend":{"$ref":"#/components/schemas/Pet"}},"$defs":{"#/components/schemas/Pet":{"name":"pet","prefix":"p","namespace":"urn:pets","properties":{"id":{"attribute":true},"photos":{"wrapped":true,"items":{"name":"photo"}},"friend":{"$ref":"#/components/schemas/Pet"}}}}}"##,
        )
        .build()
}
