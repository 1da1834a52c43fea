//! The operations of `pet`.

use toolmill_runtime::{Args, Request, Result, Style};

/// List the pets in stock — `GET /pets`
///
/// Pets in the order of their numbers, one page at a time. Filters are combined: a pet is listed when it has one of the statuses and the tag.
pub fn list_pets(args: &Args<'_>) -> Result<Request> {
    Request::get("/pets")
        .query("status", args.get("status"), Style::Form.exploded())
        .query("tag", args.get("tag"), Style::Form.exploded())
        .query("limit", args.get("limit"), Style::Form.exploded())
        .query("offset", args.get("offset"), Style::Form.exploded())
        .header("X-Request-Id", args.get("X-Request-Id"), Style::Simple)
        .security(&[&["api_key"]])
        .build()
}

/// Take a pet into stock — `POST /pets`
///
/// The store picks the number.
pub fn add_pet(args: &Args<'_>) -> Result<Request> {
    let fields = [
        ("name", "name"),
        ("species", "species"),
        ("status", "status"),
        ("priceCents", "priceCents"),
        ("tags", "tags"),
        ("notes", "notes"),
    ];
    Request::post("/pets")
        .json("application/json", args.required_object(&fields))
        .security(&[&["api_key"]])
        .build()
}

/// Find a pet by its number — `GET /pets/{petId}`
pub fn get_pet_by_id(args: &Args<'_>) -> Result<Request> {
    Request::get("/pets/{petId}")
        .path("petId", args.required("petId")?, Style::Simple)
        .security(&[&["api_key"]])
        .build()
}

/// Replace what is known about a pet — `PUT /pets/{petId}`
///
/// The body is the whole new description: a property that is left out goes back to its default.
pub fn update_pet(args: &Args<'_>) -> Result<Request> {
    let fields = [
        ("name", "name"),
        ("species", "species"),
        ("status", "status"),
        ("priceCents", "priceCents"),
        ("tags", "tags"),
        ("notes", "notes"),
    ];
    Request::put("/pets/{petId}")
        .path("petId", args.required("petId")?, Style::Simple)
        .json("application/json", args.required_object(&fields))
        .security(&[&["api_key"]])
        .build()
}

/// Change some properties of a pet — `PATCH /pets/{petId}`
///
/// A JSON merge patch (RFC 7396): a property that is present is set, `null` takes it back to its default, and the others stay as they are. A list of tags replaces the old list.
pub fn patch_pet(args: &Args<'_>) -> Result<Request> {
    let fields = [
        ("name", "name"),
        ("species", "species"),
        ("status", "status"),
        ("priceCents", "priceCents"),
        ("tags", "tags"),
        ("notes", "notes"),
    ];
    Request::patch("/pets/{petId}")
        .path("petId", args.required("petId")?, Style::Simple)
        .json("application/json", args.required_object(&fields))
        .security(&[&["api_key"]])
        .build()
}

/// Take a pet out of stock — `DELETE /pets/{petId}`
///
/// Its number is not used again.
pub fn delete_pet(args: &Args<'_>) -> Result<Request> {
    Request::delete("/pets/{petId}")
        .path("petId", args.required("petId")?, Style::Simple)
        .security(&[&["api_key"]])
        .build()
}

/// Print the card for a pet's enclosure — `GET /pets/{petId}/card`
pub fn get_pet_card(args: &Args<'_>) -> Result<Request> {
    Request::get("/pets/{petId}/card")
        .path("petId", args.required("petId")?, Style::Simple)
        .security(&[&["api_key"]])
        .build()
}
