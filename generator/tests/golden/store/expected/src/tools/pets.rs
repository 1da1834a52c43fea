//! The operations of `pets`.

use toolmill_runtime::{Args, Request, Result, Source, Style};

/// List all pets — `GET /pets`
///
/// List all pets, page by page.
///
/// '''
/// curl https://store.example.com/v1/pets
/// '''
pub fn list_pets(args: &Args<'_>) -> Result<Request> {
    Request::get("/pets", args)
        .query("limit", Style::Form)
        .security(&[&["api key"]])
        .build()
}

/// Add pet — `POST /pets`
pub fn add_pet(args: &Args<'_>) -> Result<Request> {
    Request::post("/pets", args)
        .json("application/json", Source::Argument("body"))
        .security(&[&["api key"]])
        .build()
}
