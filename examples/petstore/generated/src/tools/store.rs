//! The operations of `store`.

use toolmill_runtime::{Args, Request, Result};

/// Count the pets by status — `GET /store/inventory`
pub fn get_inventory(_args: &Args<'_>) -> Result<Request> {
    Request::get("/store/inventory").security(&[&["api_key"], &["store_token"]]).build()
}

/// Tell which caller the store sees — `GET /store/whoami`
///
/// Says which scheme was used and whose credential it was. Where both schemes are sent, the API key counts.
pub fn who_am_i(_args: &Args<'_>) -> Result<Request> {
    Request::get("/store/whoami").security(&[&["api_key"], &["store_token"]]).build()
}

/// Tell when the shop is open — `GET /store/hours`
///
/// Anyone may ask.
pub fn get_opening_hours(_args: &Args<'_>) -> Result<Request> {
    Request::get("/store/hours").build()
}
