use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::{check_length, check_unique};
use crate::extract::Checked;

const MAX_PRICE_CENTS: i64 = 10_000_000;
const MAX_TAGS: usize = 10;

/// A pet in an owner's stock.
#[derive(Debug, FromRow, Serialize)]
pub struct Pet {
    pub id: i64,
    pub owner: String,
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub details: PetDetails,
}

/// What a caller says about a pet.
#[derive(Debug, Deserialize, FromRow, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PetDetails {
    pub name: String,
    pub species: Species,
    #[serde(default)]
    pub status: PetStatus,
    pub price_cents: i64,
    #[serde(default)]
    #[sqlx(json)]
    pub tags: Vec<String>,
    pub notes: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum Species {
    Bird,
    Cat,
    Dog,
    Fish,
    Rabbit,
    Reptile,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum PetStatus {
    #[default]
    Available,
    Reserved,
    Sold,
}

impl Pet {
    /// The text for the pet's enclosure.
    pub fn card(&self) -> String {
        let PetDetails {
            name,
            species,
            status,
            price_cents,
            tags,
            ..
        } = &self.details;
        let tags = if tags.is_empty() {
            "none".to_owned()
        } else {
            tags.join(", ")
        };
        format!(
            "{name} ({}, {})\n{}.{:02} EUR\nTags: {tags}\nIn the care of {}\n",
            species.as_str(),
            status.as_str(),
            price_cents / 100,
            price_cents % 100,
            self.owner,
        )
    }
}

impl Checked for PetDetails {
    fn check(&self) -> Result<(), String> {
        check_length("name", &self.name, 1, 80)?;
        if !(0..=MAX_PRICE_CENTS).contains(&self.price_cents) {
            return Err(format!(
                "`priceCents` is {}. Give it 0 to {MAX_PRICE_CENTS}.",
                self.price_cents
            ));
        }
        if self.tags.len() > MAX_TAGS {
            return Err(format!(
                "`tags` has {} items. Give it at most {MAX_TAGS}.",
                self.tags.len()
            ));
        }
        for tag in &self.tags {
            check_length("tags", tag, 1, 30)?;
        }
        check_unique("tags", &self.tags)?;
        check_length("notes", self.notes.as_deref().unwrap_or_default(), 0, 500)
    }
}

impl Species {
    fn as_str(self) -> &'static str {
        match self {
            Self::Bird => "bird",
            Self::Cat => "cat",
            Self::Dog => "dog",
            Self::Fish => "fish",
            Self::Rabbit => "rabbit",
            Self::Reptile => "reptile",
        }
    }
}

impl PetStatus {
    pub const ALL: [Self; 3] = [Self::Available, Self::Reserved, Self::Sold];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Reserved => "reserved",
            Self::Sold => "sold",
        }
    }
}
