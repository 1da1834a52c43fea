use std::collections::BTreeSet;

use sqlx::{Sqlite, Transaction};

use super::{Database, pets};
use crate::model::{
    PetDetails,
    PetStatus::{self, Available, Reserved, Sold},
    Species::{self, Bird, Cat, Dog, Fish, Rabbit, Reptile},
};

/// The pets an owner starts with, numbered from 1.
const FIRST_PETS: [(&str, Species, PetStatus, i64, &[&str]); 6] = [
    ("Miso", Cat, Available, 12_500, &["indoor", "playful"]),
    ("Bruno", Dog, Available, 34_000, &["outdoor", "trained"]),
    ("Pixel", Bird, Reserved, 4_900, &["indoor", "talkative"]),
    ("Clover", Rabbit, Available, 3_900, &["outdoor", "shy"]),
    ("Admiral", Fish, Sold, 1_200, &["indoor"]),
    ("Basil", Reptile, Available, 8_750, &["indoor", "nocturnal"]),
];

impl Database {
    /// Gives each owner the store hasn't seen before their first pets.
    pub(super) async fn seed(&self, owners: BTreeSet<&str>) -> sqlx::Result<()> {
        let mut transaction = self.write().await?;
        for owner in owners {
            let added = sqlx::query("INSERT INTO owners (name) VALUES (?1) ON CONFLICT DO NOTHING")
                .bind(owner)
                .execute(&mut *transaction)
                .await?;
            if added.rows_affected() == 1 {
                stock(&mut transaction, owner).await?;
            }
        }
        transaction.commit().await
    }
}

async fn stock(transaction: &mut Transaction<'_, Sqlite>, owner: &str) -> sqlx::Result<()> {
    for (name, species, status, price_cents, tags) in FIRST_PETS {
        let details = PetDetails {
            name: name.to_owned(),
            species,
            status,
            price_cents,
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            notes: None,
        };
        pets::insert(transaction, owner, &details).await?;
    }
    Ok(())
}
