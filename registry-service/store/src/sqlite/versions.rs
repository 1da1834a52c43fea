//! The way of an API's versions.

use sqlx::{FromRow, SqliteExecutor};
use toolmill_core::{
    Api, ApiId, Artifact, Diagnostic, Error, Failure, Manifest, Result, Step, TenantCtx, Version,
    VersionId,
};
use uuid::Uuid;

use super::rows::{VersionRow, all};
use super::{SqliteStore, apis};
use crate::error::{database, unreadable, unwritable};
use crate::words::place;

impl SqliteStore {
    pub(super) async fn versions_of(&self, ctx: &TenantCtx, api: ApiId) -> Result<Vec<Version>> {
        apis::visible(&self.read, ctx, api).await?;
        let rows: Vec<VersionRow> = sqlx::query_as(
            "SELECT * FROM versions WHERE tenant_id = $1 AND api_id = $2 ORDER BY number DESC",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(api))
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        all(rows)
    }

    pub(super) async fn visible_version(
        &self,
        ctx: &TenantCtx,
        version: VersionId,
    ) -> Result<Version> {
        visible(&self.read, ctx, version).await
    }

    pub(super) async fn spec_of(&self, ctx: &TenantCtx, version: VersionId) -> Result<Vec<u8>> {
        visible(&self.read, ctx, version).await?;
        sqlx::query_scalar("SELECT bytes FROM specs WHERE tenant_id = $1 AND version_id = $2")
            .bind(Uuid::from(ctx.tenant))
            .bind(Uuid::from(version))
            .fetch_one(&self.read)
            .await
            .map_err(database)
    }

    pub(super) async fn newest_lock_file(
        &self,
        ctx: &TenantCtx,
        api: ApiId,
    ) -> Result<Option<String>> {
        apis::visible(&self.read, ctx, api).await?;
        sqlx::query_scalar(
            "SELECT renderings.lock_file
             FROM versions
             JOIN renderings ON renderings.tenant_id = versions.tenant_id
                 AND renderings.version_id = versions.id
             WHERE versions.tenant_id = $1 AND versions.api_id = $2
             ORDER BY versions.number DESC LIMIT 1",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(api))
        .fetch_optional(&self.read)
        .await
        .map_err(database)
    }

    pub(super) async fn manifest_of(
        &self,
        ctx: &TenantCtx,
        version: VersionId,
    ) -> Result<Manifest> {
        visible(&self.read, ctx, version).await?;
        let manifest: Option<String> = sqlx::query_scalar(
            "SELECT manifest FROM renderings WHERE tenant_id = $1 AND version_id = $2",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(version))
        .fetch_optional(&self.read)
        .await
        .map_err(database)?;
        let manifest = manifest.ok_or_else(|| Error::not_found("manifest of version", version))?;
        serde_json::from_str(&manifest).map_err(unreadable)
    }

    pub(super) async fn record_step(
        &self,
        ctx: &TenantCtx,
        version: VersionId,
        step: Step,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        owned(&mut tx, ctx, version).await?;
        advance(&mut *tx, ctx, version, step).await?;
        tx.commit().await.map_err(database)
    }

    pub(super) async fn record_failure(
        &self,
        ctx: &TenantCtx,
        version: VersionId,
        failure: &Failure,
    ) -> Result<()> {
        let failure = serde_json::to_string(failure).map_err(unwritable)?;
        let mut tx = self.begin().await?;
        owned(&mut tx, ctx, version).await?;
        sqlx::query("UPDATE versions SET failure = $3 WHERE tenant_id = $1 AND id = $2")
            .bind(Uuid::from(ctx.tenant))
            .bind(Uuid::from(version))
            .bind(failure)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    pub(super) async fn record_rendering(
        &self,
        ctx: &TenantCtx,
        version: VersionId,
        manifest: &Manifest,
        lock_file: &str,
        diagnostics: &[Diagnostic],
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        owned(&mut tx, ctx, version).await?;
        super::renderings::replace(&mut tx, ctx, version, manifest, lock_file, diagnostics).await?;
        advance(&mut *tx, ctx, version, Step::Render).await?;
        tx.commit().await.map_err(database)
    }

    pub(super) async fn record_artifact(
        &self,
        ctx: &TenantCtx,
        version: VersionId,
        artifact: &Artifact,
    ) -> Result<()> {
        let artifact = serde_json::to_string(artifact).map_err(unwritable)?;
        let mut tx = self.begin().await?;
        owned(&mut tx, ctx, version).await?;
        sqlx::query("UPDATE versions SET artifact = $3 WHERE tenant_id = $1 AND id = $2")
            .bind(Uuid::from(ctx.tenant))
            .bind(Uuid::from(version))
            .bind(artifact)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        advance(&mut *tx, ctx, version, Step::Build).await?;
        tx.commit().await.map_err(database)
    }

    pub(super) async fn unfinished_versions(&self) -> Result<Vec<(TenantCtx, Version)>> {
        let rows: Vec<UnfinishedRow> = sqlx::query_as(
            "SELECT versions.*, apis.owner_id
             FROM versions
             JOIN apis ON apis.tenant_id = versions.tenant_id AND apis.id = versions.api_id
             WHERE versions.failure IS NULL
                 AND versions.reached < $1
                 AND NOT EXISTS (
                     SELECT 1 FROM versions AS newer
                     WHERE newer.tenant_id = versions.tenant_id
                         AND newer.api_id = versions.api_id
                         AND newer.number > versions.number
                 )
             ORDER BY versions.created_at, versions.id",
        )
        .bind(place(Step::Mount))
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        rows.into_iter()
            .map(|row| {
                let ctx = TenantCtx {
                    tenant: row.tenant_id.into(),
                    user: row.owner_id.into(),
                };
                Ok((ctx, row.version.try_into()?))
            })
            .collect()
    }
}

#[derive(FromRow)]
struct UnfinishedRow {
    tenant_id: Uuid,
    owner_id: Uuid,
    #[sqlx(flatten)]
    version: VersionRow,
}

/// A version of an API that the caller sees.
pub(super) async fn visible(
    executor: impl SqliteExecutor<'_>,
    ctx: &TenantCtx,
    version: VersionId,
) -> Result<Version> {
    let row: Option<VersionRow> = sqlx::query_as(
        "SELECT versions.*
         FROM versions
         JOIN visible_apis ON visible_apis.tenant_id = versions.tenant_id
             AND visible_apis.api_id = versions.api_id
         WHERE versions.tenant_id = $1 AND versions.id = $3 AND visible_apis.viewer_id = $2",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(ctx.user))
    .bind(Uuid::from(version))
    .fetch_optional(executor)
    .await
    .map_err(database)?;
    row.ok_or_else(|| Error::not_found("version", version))?
        .try_into()
}

/// A version that the caller may change, and its API.
pub(super) async fn owned(
    conn: &mut sqlx::SqliteConnection,
    ctx: &TenantCtx,
    version: VersionId,
) -> Result<(Api, Version)> {
    let version = visible(&mut *conn, ctx, version).await?;
    let api = apis::owned(conn, ctx, version.api).await?;
    Ok((api, version))
}

/// Records that `step` succeeded. A version that is brought along again does
/// not fall back, and what stopped it before is over.
pub(super) async fn advance(
    executor: impl SqliteExecutor<'_>,
    ctx: &TenantCtx,
    version: VersionId,
    step: Step,
) -> Result<()> {
    sqlx::query(
        "UPDATE versions
         SET reached = CASE WHEN reached < $3 THEN $3 ELSE reached END, failure = NULL
         WHERE tenant_id = $1 AND id = $2",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(version))
    .bind(place(step))
    .execute(executor)
    .await
    .map_err(database)?;
    Ok(())
}
