//! The operations of `pet`.

use toolmill_runtime::{Args, Request, Result, Source, Style};

/// List the pets in stock — `GET /pets`
///
/// Pets in the order of their numbers, one page at a time. Filters are combined: a pet is listed when it has one of the statuses and the tag.
pub fn list_pets(args: &Args<'_>) -> Result<Request> {
    Request::get("/pets", args)
        .query("status", Style::Form)
        .query("tag", Style::Form)
        .query("limit", Style::Form)
        .query("offset", Style::Form)
        .header("X-Request-Id", Style::Simple)
        .security(&[&["api_key"]])
        .build()
}

/// Take a pet into stock — `POST /pets`
///
/// The store picks the number.
pub fn add_pet(args: &Args<'_>) -> Result<Request> {
    let properties = ["name", "species", "status", "priceCents", "tags", "notes"];
    Request::post("/pets", args)
        .json("application/json", Source::Object(&properties))
        .security(&[&["api_key"]])
        .build()
}

/// Find a pet by its number — `GET /pets/{petId}`
pub fn get_pet_by_id(args: &Args<'_>) -> Result<Request> {
    Request::get("/pets/{petId}", args)
        .path("petId", Style::Simple)
        .security(&[&["api_key"]])
        .build()
}

/// Replace what is known about a pet — `PUT /pets/{petId}`
///
/// The body is the whole new description: a property that is left out goes back to its default.
pub fn update_pet(args: &Args<'_>) -> Result<Request> {
    let properties = ["name", "species", "status", "priceCents", "tags", "notes"];
    Request::put("/pets/{petId}", args)
        .path("petId", Style::Simple)
        .json("application/json", Source::Object(&properties))
        .security(&[&["api_key"]])
        .build()
}

/// Change some properties of a pet — `PATCH /pets/{petId}`
///
/// A JSON merge patch (RFC 7396): a property that is present is set, `null` takes it back to its default, and the others stay as they are. A list of tags replaces the old list.
pub fn patch_pet(args: &Args<'_>) -> Result<Request> {
    let properties = ["name", "species", "status", "priceCents", "tags", "notes"];
    Request::patch("/pets/{petId}", args)
        .path("petId", Style::Simple)
        .json("application/json", Source::Object(&properties))
        .security(&[&["api_key"]])
        .build()
}

/// Take a pet out of stock — `DELETE /pets/{petId}`
///
/// Its number is not used again.
pub fn delete_pet(args: &Args<'_>) -> Result<Request> {
    Request::delete("/pets/{petId}", args)
        .path("petId", Style::Simple)
        .security(&[&["api_key"]])
        .build()
}

/// Print the card for a pet's enclosure — `GET /pets/{petId}/card`
pub fn get_pet_card(args: &Args<'_>) -> Result<Request> {
    Request::get("/pets/{petId}/card", args)
        .path("petId", Style::Simple)
        .security(&[&["api_key"]])
        .build()
}
