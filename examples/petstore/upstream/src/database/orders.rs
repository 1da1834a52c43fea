use axum::http::StatusCode;
use sqlx::{Sqlite, Transaction, types::Json};

use super::Database;
use crate::{
    model::{NewOrder, NewOrderLine, Order, OrderLine},
    problem::Problem,
};

impl Database {
    /// Sells all the order's pets, or none when one of them can't be had.
    pub async fn place_order(&self, owner: &str, order: NewOrder) -> Result<Order, Problem> {
        let mut transaction = self.write().await?;
        let mut lines = Vec::with_capacity(order.lines.len());
        for line in order.lines {
            lines.push(sell(&mut transaction, owner, line).await?);
        }
        let id: i64 = sqlx::query_scalar(
            "UPDATE owners SET next_order = next_order + 1 WHERE name = ?1
             RETURNING next_order - 1",
        )
        .bind(owner)
        .fetch_one(&mut *transaction)
        .await?;
        let total_cents: i64 = lines.iter().map(|line| line.price_cents).sum();
        let placed = sqlx::query_as(
            "INSERT INTO orders
                 (owner, id, status, placed_at, total_cents, lines, delivery, gift_note)
             VALUES
                 (?1, ?2, 'placed', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?3, ?4, ?5, ?6)
             RETURNING owner, id, status, placed_at, total_cents, lines, delivery, gift_note",
        )
        .bind(owner)
        .bind(id)
        .bind(total_cents)
        .bind(Json(lines))
        .bind(Json(order.delivery))
        .bind(order.gift_note)
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(placed)
    }

    pub async fn order(&self, owner: &str, id: i64) -> sqlx::Result<Option<Order>> {
        sqlx::query_as(
            "SELECT owner, id, status, placed_at, total_cents, lines, delivery, gift_note
             FROM orders WHERE owner = ?1 AND id = ?2",
        )
        .bind(owner)
        .bind(id)
        .fetch_optional(&self.pool)
        .await
    }
}

async fn sell(
    transaction: &mut Transaction<'_, Sqlite>,
    owner: &str,
    line: NewOrderLine,
) -> Result<OrderLine, Problem> {
    let sold: Option<(String, i64)> = sqlx::query_as(
        "UPDATE pets SET status = 'sold' WHERE owner = ?1 AND id = ?2 AND status = 'available'
         RETURNING name, price_cents",
    )
    .bind(owner)
    .bind(line.pet_id)
    .fetch_optional(&mut **transaction)
    .await?;
    let Some((name, price_cents)) = sold else {
        return Err(not_for_sale(transaction, owner, line.pet_id).await?);
    };
    Ok(OrderLine {
        pet_id: line.pet_id,
        name,
        price_cents,
        extras: line.extras,
    })
}

async fn not_for_sale(
    transaction: &mut Transaction<'_, Sqlite>,
    owner: &str,
    id: i64,
) -> sqlx::Result<Problem> {
    let status: Option<String> =
        sqlx::query_scalar("SELECT status FROM pets WHERE owner = ?1 AND id = ?2")
            .bind(owner)
            .bind(id)
            .fetch_optional(&mut **transaction)
            .await?;
    Ok(match status {
        Some(status) => Problem::new(
            StatusCode::CONFLICT,
            format!("Pet `{id}` is {status}. Order pets that are available."),
        ),
        None => Problem::unprocessable(format!(
            "You have no pet `{id}`. Order pets from the list of yours."
        )),
    })
}
