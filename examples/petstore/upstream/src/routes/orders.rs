use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};

use crate::{
    auth::TokenHolder,
    database::Database,
    extract::{Body, Id},
    model::{NewOrder, Order},
    problem::Problem,
};

/// `placeOrder`
pub async fn place(
    TokenHolder(caller): TokenHolder,
    State(database): State<Database>,
    Body(order): Body<NewOrder>,
) -> Result<impl IntoResponse, Problem> {
    let order = database.place_order(&caller.owner, order).await?;
    let location = [(LOCATION, format!("/orders/{}", order.id))];
    Ok((StatusCode::CREATED, location, Json(order)))
}

/// `getOrder`
pub async fn get(
    TokenHolder(caller): TokenHolder,
    State(database): State<Database>,
    Id(id): Id,
) -> Result<Json<Order>, Problem> {
    let order = database.order(&caller.owner, id).await?;
    order
        .map(Json)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, format!("You have no order `{id}`.")))
}
