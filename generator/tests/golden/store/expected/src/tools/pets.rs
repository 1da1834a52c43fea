//! The operations of `pets`.

use toolmill_runtime::{Args, Request, Result, Style};

/// List all pets — `GET /pets`
///
/// List all pets, page by page.
///
/// '''
/// curl https://store.example.com/v1/pets
/// '''
pub fn list_pets(args: &Args<'_>) -> Result<Request> {
    Request::get("/pets")
        .query("limit", args.get("limit"), Style::Form.exploded())
        .security(&[&["api key"]])
        .build()
}

/// Add pet — `POST /pets`
pub fn add_pet(args: &Args<'_>) -> Result<Request> {
    Request::post("/pets")
        .json("application/json", args.required("body")?)
        .security(&[&["api key"]])
        .build()
}
