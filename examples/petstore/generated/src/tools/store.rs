//! The operations of `store`.

use toolmill_runtime::{Args, Request, Result};

/// Count the pets by status — `GET /store/inventory`
pub fn get_inventory(args: &Args<'_>) -> Result<Request> {
    Request::get("/store/inventory", args)
        .security(&[&["api_key"], &["store_token"]])
        .build()
}

/// Tell which caller the store sees — `GET /store/whoami`
///
/// Says which scheme was used and whose credential it was. Where both schemes are sent, the API key counts.
pub fn who_am_i(args: &Args<'_>) -> Result<Request> {
    Request::get("/store/whoami", args)
        .security(&[&["api_key"], &["store_token"]])
        .build()
}

/// Tell when the shop is open — `GET /store/hours`
///
/// Anyone may ask.
pub fn get_opening_hours(args: &Args<'_>) -> Result<Request> {
    Request::get("/store/hours", args).build()
}
