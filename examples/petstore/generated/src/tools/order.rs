//! The operations of `order`.

use toolmill_runtime::{Args, Request, Result, Source, Style};

/// Order pets — `POST /orders`
///
/// All lines are sold together or not at all. Every pet must be `available`; afterwards it is `sold`.
pub fn place_order(args: &Args<'_>) -> Result<Request> {
    let properties = ["lines", "delivery", "giftNote"];
    Request::post("/orders", args)
        .json("application/json", Source::Object(&properties))
        .security(&[&["store_token"]])
        .build()
}

/// Find an order by its number — `GET /orders/{orderId}`
pub fn get_order(args: &Args<'_>) -> Result<Request> {
    Request::get("/orders/{orderId}", args)
        .path("orderId", Style::Simple)
        .security(&[&["store_token"]])
        .build()
}
