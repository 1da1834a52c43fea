//! Secrets of the platform itself, sealed.

use async_trait::async_trait;
use toolmill_core::{PlatformSecrets, Result, SealedSecret, SystemCtx};

use super::SqliteStore;
use super::credentials::SealedRow;
use crate::error::database;

#[async_trait]
impl PlatformSecrets for SqliteStore {
    async fn platform_secret(
        &self,
        _system: SystemCtx,
        name: &str,
    ) -> Result<Option<SealedSecret>> {
        let row: Option<SealedRow> = sqlx::query_as(
            "SELECT key_id, wrapped_key, ciphertext FROM platform_secrets WHERE name = $1",
        )
        .bind(name)
        .fetch_optional(&self.read)
        .await
        .map_err(database)?;
        Ok(row.map(SealedSecret::from))
    }

    async fn keep_platform_secret(
        &self,
        _system: SystemCtx,
        name: &str,
        sealed: &SealedSecret,
    ) -> Result<SealedSecret> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO platform_secrets (name, key_id, wrapped_key, ciphertext)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(&sealed.key_id)
        .bind(&sealed.wrapped_key)
        .bind(&sealed.ciphertext)
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        let kept: SealedRow = sqlx::query_as(
            "SELECT key_id, wrapped_key, ciphertext FROM platform_secrets WHERE name = $1",
        )
        .bind(name)
        .fetch_one(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(kept.into())
    }
}
