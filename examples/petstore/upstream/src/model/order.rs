use serde::{Deserialize, Deserializer, Serialize};
use sqlx::FromRow;

use super::{check_length, check_unique};
use crate::extract::Checked;

const MAX_LINES: usize = 10;

/// An order as it was placed.
#[derive(Debug, FromRow, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub id: i64,
    pub owner: String,
    pub status: String,
    pub placed_at: String,
    pub total_cents: i64,
    #[sqlx(json)]
    pub lines: Vec<OrderLine>,
    #[sqlx(json)]
    pub delivery: Delivery,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gift_note: Option<String>,
}

/// A pet that was sold, by the name and price it had then.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderLine {
    pub pet_id: i64,
    pub name: String,
    pub price_cents: i64,
    pub extras: Vec<Extra>,
}

/// What a caller wants to buy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOrder {
    pub lines: Vec<NewOrderLine>,
    pub delivery: Delivery,
    #[serde(default, deserialize_with = "not_null")]
    pub gift_note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOrderLine {
    pub pet_id: i64,
    #[serde(default)]
    pub extras: Vec<Extra>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Extra {
    Bedding,
    Carrier,
    Food,
    Leash,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    method: DeliveryMethod,
    #[serde(
        default,
        deserialize_with = "not_null",
        skip_serializing_if = "Option::is_none"
    )]
    address: Option<Address>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum DeliveryMethod {
    Courier,
    Pickup,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Address {
    recipient: String,
    street: String,
    city: String,
    postal_code: String,
    country: String,
}

impl Checked for NewOrder {
    fn check(&self) -> Result<(), String> {
        if !(1..=MAX_LINES).contains(&self.lines.len()) {
            return Err(format!(
                "`lines` has {} items. Give it 1 to {MAX_LINES}.",
                self.lines.len()
            ));
        }
        let pets: Vec<i64> = self.lines.iter().map(|line| line.pet_id).collect();
        check_unique("lines", &pets)?;
        for line in &self.lines {
            check_unique("extras", &line.extras)?;
        }
        check_length(
            "giftNote",
            self.gift_note.as_deref().unwrap_or_default(),
            0,
            200,
        )?;
        self.delivery.check()
    }
}

impl Delivery {
    fn check(&self) -> Result<(), String> {
        match &self.address {
            Some(address) => address.check(),
            None if self.method == DeliveryMethod::Courier => {
                Err("A courier needs to know where to go. Give `delivery` an `address`.".to_owned())
            }
            None => Ok(()),
        }
    }
}

impl Address {
    fn check(&self) -> Result<(), String> {
        check_length("recipient", &self.recipient, 1, 100)?;
        check_length("street", &self.street, 1, 100)?;
        check_length("city", &self.city, 1, 100)?;
        check_length("postalCode", &self.postal_code, 1, 100)?;
        if self.country.len() == 2 && self.country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Ok(());
        }
        Err("`country` is not two capital letters. Give it a code of ISO 3166-1.".to_owned())
    }
}

/// Reads a property that may be absent but, not being `nullable`, can't be `null`.
fn not_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
