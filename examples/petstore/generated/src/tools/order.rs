//! The operations of `order`.

use toolmill_runtime::{Args, Request, Result, Style};

/// Order pets — `POST /orders`
///
/// All lines are sold together or not at all. Every pet must be `available`; afterwards it is `sold`.
pub fn place_order(args: &Args<'_>) -> Result<Request> {
    let fields = [
        ("lines", "lines"),
        ("delivery", "delivery"),
        ("giftNote", "giftNote"),
    ];
    Request::post("/orders")
        .json("application/json", args.required_object(&fields))
        .security(&[&["store_token"]])
        .build()
}

/// Find an order by its number — `GET /orders/{orderId}`
pub fn get_order(args: &Args<'_>) -> Result<Request> {
    Request::get("/orders/{orderId}")
        .path("orderId", args.required("orderId")?, Style::Simple)
        .security(&[&["store_token"]])
        .build()
}
