//! Sealed credentials.

use async_trait::async_trait;
use sqlx::FromRow;
use toolmill_core::{
    ApiId, CredentialInfo, CredentialKey, Credentials, Error, Result, SealedSecret, TenantCtx,
};
use uuid::Uuid;

use super::{SqliteStore, apis};
use crate::error::database;

#[async_trait]
impl Credentials for SqliteStore {
    async fn put_credential(
        &self,
        key: &CredentialKey,
        sealed: &SealedSecret,
        now: i64,
    ) -> Result<()> {
        let done = sqlx::query(
            "INSERT INTO credentials (tenant_id, user_id, api_id, scheme,
                                      key_id, wrapped_key, ciphertext, updated_at)
             SELECT tenant_id, viewer_id, api_id, $4, $5, $6, $7, $8
             FROM visible_apis
             WHERE tenant_id = $1 AND viewer_id = $2 AND api_id = $3
             ON CONFLICT (tenant_id, user_id, api_id, scheme) DO UPDATE
             SET key_id = excluded.key_id, wrapped_key = excluded.wrapped_key,
                 ciphertext = excluded.ciphertext, updated_at = excluded.updated_at",
        )
        .bind(Uuid::from(key.ctx.tenant))
        .bind(Uuid::from(key.ctx.user))
        .bind(Uuid::from(key.api))
        .bind(&key.scheme)
        .bind(&sealed.key_id)
        .bind(&sealed.wrapped_key)
        .bind(&sealed.ciphertext)
        .bind(now)
        .execute(&self.write)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Err(Error::not_found("API", key.api));
        }
        Ok(())
    }

    async fn credential(&self, key: &CredentialKey) -> Result<Option<SealedSecret>> {
        let row: Option<SealedRow> = sqlx::query_as(
            "SELECT key_id, wrapped_key, ciphertext FROM credentials
             WHERE tenant_id = $1 AND user_id = $2 AND api_id = $3 AND scheme = $4",
        )
        .bind(Uuid::from(key.ctx.tenant))
        .bind(Uuid::from(key.ctx.user))
        .bind(Uuid::from(key.api))
        .bind(&key.scheme)
        .fetch_optional(&self.read)
        .await
        .map_err(database)?;
        Ok(row.map(SealedSecret::from))
    }

    async fn delete_credential(&self, key: &CredentialKey) -> Result<()> {
        apis::visible(&self.read, &key.ctx, key.api).await?;
        sqlx::query(
            "DELETE FROM credentials
             WHERE tenant_id = $1 AND user_id = $2 AND api_id = $3 AND scheme = $4",
        )
        .bind(Uuid::from(key.ctx.tenant))
        .bind(Uuid::from(key.ctx.user))
        .bind(Uuid::from(key.api))
        .bind(&key.scheme)
        .execute(&self.write)
        .await
        .map_err(database)?;
        Ok(())
    }

    async fn credentials(&self, ctx: &TenantCtx, api: ApiId) -> Result<Vec<CredentialInfo>> {
        apis::visible(&self.read, ctx, api).await?;
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT scheme, updated_at FROM credentials
             WHERE tenant_id = $1 AND user_id = $2 AND api_id = $3
             ORDER BY scheme",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .bind(Uuid::from(api))
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        Ok(rows
            .into_iter()
            .map(|(scheme, updated_at)| CredentialInfo { scheme, updated_at })
            .collect())
    }
}

#[derive(FromRow)]
pub(super) struct SealedRow {
    key_id: String,
    wrapped_key: Vec<u8>,
    ciphertext: Vec<u8>,
}

impl From<SealedRow> for SealedSecret {
    fn from(row: SealedRow) -> Self {
        Self {
            key_id: row.key_id,
            wrapped_key: row.wrapped_key,
            ciphertext: row.ciphertext,
        }
    }
}
