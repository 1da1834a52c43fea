use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Serialize;

use crate::{
    auth::{AnyHolder, Identity},
    database::Database,
    problem::Problem,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpeningHours {
    time_zone: &'static str,
    days: [OpenDay; 6],
}

#[derive(Serialize)]
struct OpenDay {
    day: &'static str,
    opens: &'static str,
    closes: &'static str,
}

/// `getInventory`
pub async fn inventory(
    AnyHolder(caller): AnyHolder,
    State(database): State<Database>,
) -> Result<Json<BTreeMap<&'static str, i64>>, Problem> {
    Ok(Json(database.inventory(&caller.owner).await?))
}

/// `whoAmI`
pub async fn who_am_i(AnyHolder(caller): AnyHolder) -> Json<Identity> {
    Json(caller)
}

/// `getOpeningHours`
pub async fn hours() -> Json<OpeningHours> {
    Json(OpeningHours {
        time_zone: "Europe/London",
        days: [
            open("monday", "18:00"),
            open("tuesday", "18:00"),
            open("wednesday", "18:00"),
            open("thursday", "20:00"),
            open("friday", "18:00"),
            open("saturday", "16:00"),
        ],
    })
}

fn open(day: &'static str, closes: &'static str) -> OpenDay {
    OpenDay {
        day,
        opens: "09:00",
        closes,
    }
}
