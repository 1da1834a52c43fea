use std::collections::BTreeMap;

use sqlx::{Sqlite, SqliteExecutor, Transaction, types::Json};

use super::Database;
use crate::{
    model::{MergePatch, Pet, PetDetails, PetStatus},
    problem::Problem,
};

/// Which pets a list shows, and which page of them.
#[derive(Debug)]
pub struct Filter {
    /// Any of these; all when empty.
    pub statuses: Vec<PetStatus>,
    pub tag: Option<String>,
    pub limit: i64,
    pub offset: i64,
}

impl Database {
    /// One page, and how many pets there are on all pages.
    pub async fn list_pets(&self, owner: &str, filter: &Filter) -> sqlx::Result<(Vec<Pet>, i64)> {
        let statuses = (!filter.statuses.is_empty()).then_some(Json(&filter.statuses));
        // One transaction, so that page and total are of the same moment.
        let mut transaction = self.pool.begin().await?;
        let pets = sqlx::query_as(
            "SELECT owner, id, name, species, status, price_cents, tags, notes FROM pets
             WHERE owner = ?1
               AND (?2 IS NULL OR status IN (SELECT value FROM json_each(?2)))
               AND (?3 IS NULL OR ?3 IN (SELECT value FROM json_each(tags)))
             ORDER BY id LIMIT ?4 OFFSET ?5",
        )
        .bind(owner)
        .bind(statuses)
        .bind(&filter.tag)
        .bind(filter.limit)
        .bind(filter.offset)
        .fetch_all(&mut *transaction)
        .await?;
        let total = sqlx::query_scalar(
            "SELECT count(*) FROM pets
             WHERE owner = ?1
               AND (?2 IS NULL OR status IN (SELECT value FROM json_each(?2)))
               AND (?3 IS NULL OR ?3 IN (SELECT value FROM json_each(tags)))",
        )
        .bind(owner)
        .bind(statuses)
        .bind(&filter.tag)
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok((pets, total))
    }

    pub async fn pet(&self, owner: &str, id: i64) -> sqlx::Result<Option<Pet>> {
        select(&self.pool, owner, id).await
    }

    pub async fn add_pet(&self, owner: &str, details: &PetDetails) -> sqlx::Result<Pet> {
        let mut transaction = self.write().await?;
        let pet = insert(&mut transaction, owner, details).await?;
        transaction.commit().await?;
        Ok(pet)
    }

    pub async fn replace_pet(
        &self,
        owner: &str,
        id: i64,
        details: &PetDetails,
    ) -> sqlx::Result<Option<Pet>> {
        update(&self.pool, owner, id, details).await
    }

    /// Applies a patch to what the pet is at that moment.
    pub async fn patch_pet(
        &self,
        owner: &str,
        id: i64,
        patch: MergePatch,
    ) -> Result<Option<Pet>, Problem> {
        let mut transaction = self.write().await?;
        let Some(pet) = select(&mut *transaction, owner, id).await? else {
            return Ok(None);
        };
        let details = patch.apply(pet.details).map_err(Problem::unprocessable)?;
        let pet = update(&mut *transaction, owner, id, &details).await?;
        transaction.commit().await?;
        Ok(pet)
    }

    /// Whether there was such a pet.
    pub async fn delete_pet(&self, owner: &str, id: i64) -> sqlx::Result<bool> {
        let deleted = sqlx::query("DELETE FROM pets WHERE owner = ?1 AND id = ?2")
            .bind(owner)
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// The number of pets for each status, also where it is 0.
    pub async fn inventory(&self, owner: &str) -> sqlx::Result<BTreeMap<&'static str, i64>> {
        let counted: Vec<(PetStatus, i64)> =
            sqlx::query_as("SELECT status, count(*) FROM pets WHERE owner = ?1 GROUP BY status")
                .bind(owner)
                .fetch_all(&self.pool)
                .await?;
        let none = PetStatus::ALL.map(|status| (status, 0));
        Ok(none
            .into_iter()
            .chain(counted)
            .map(|(status, count)| (status.as_str(), count))
            .collect())
    }
}

/// Adds a pet under the owner's next number.
pub(super) async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    owner: &str,
    details: &PetDetails,
) -> sqlx::Result<Pet> {
    let id: i64 = sqlx::query_scalar(
        "UPDATE owners SET next_pet = next_pet + 1 WHERE name = ?1 RETURNING next_pet - 1",
    )
    .bind(owner)
    .fetch_one(&mut **transaction)
    .await?;
    sqlx::query_as(
        "INSERT INTO pets (owner, id, name, species, status, price_cents, tags, notes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         RETURNING owner, id, name, species, status, price_cents, tags, notes",
    )
    .bind(owner)
    .bind(id)
    .bind(&details.name)
    .bind(details.species)
    .bind(details.status)
    .bind(details.price_cents)
    .bind(Json(&details.tags))
    .bind(&details.notes)
    .fetch_one(&mut **transaction)
    .await
}

async fn select(
    executor: impl SqliteExecutor<'_>,
    owner: &str,
    id: i64,
) -> sqlx::Result<Option<Pet>> {
    sqlx::query_as(
        "SELECT owner, id, name, species, status, price_cents, tags, notes FROM pets
         WHERE owner = ?1 AND id = ?2",
    )
    .bind(owner)
    .bind(id)
    .fetch_optional(executor)
    .await
}

async fn update(
    executor: impl SqliteExecutor<'_>,
    owner: &str,
    id: i64,
    details: &PetDetails,
) -> sqlx::Result<Option<Pet>> {
    sqlx::query_as(
        "UPDATE pets
         SET name = ?3, species = ?4, status = ?5, price_cents = ?6, tags = ?7, notes = ?8
         WHERE owner = ?1 AND id = ?2
         RETURNING owner, id, name, species, status, price_cents, tags, notes",
    )
    .bind(owner)
    .bind(id)
    .bind(&details.name)
    .bind(details.species)
    .bind(details.status)
    .bind(details.price_cents)
    .bind(Json(&details.tags))
    .bind(&details.notes)
    .fetch_optional(executor)
    .await
}
