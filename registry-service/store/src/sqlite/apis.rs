//! Registered APIs. What is about their versions is in `versions`.

use async_trait::async_trait;
use sqlx::{FromRow, SqliteExecutor};
use toolmill_core::{
    Api, ApiId, Apis, Artifact, Diagnostic, Error, Failure, Manifest, NewVersion, Registered,
    Result, Slug, Step, SystemCtx, TenantCtx, Version, VersionId,
};
use url::Url;
use uuid::Uuid;

use super::rows::{ApiRow, all};
use super::{SqliteStore, deployments};
use crate::error::database;

#[async_trait]
impl Apis for SqliteStore {
    async fn register(&self, ctx: &TenantCtx, new: NewVersion) -> Result<Registered> {
        self.register_version(ctx, &new).await
    }

    async fn api(&self, ctx: &TenantCtx, slug: &Slug) -> Result<Api> {
        let row: Option<ApiRow> = sqlx::query_as(
            "SELECT api_details.*
             FROM visible_apis
             JOIN api_details ON api_details.tenant_id = visible_apis.tenant_id
                 AND api_details.id = visible_apis.api_id
             WHERE visible_apis.tenant_id = $1
                 AND visible_apis.viewer_id = $2
                 AND visible_apis.slug = $3",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .bind(slug.as_str())
        .fetch_optional(&self.read)
        .await
        .map_err(database)?;
        row.ok_or_else(|| Error::not_found("API", slug))?.try_into()
    }

    async fn apis(&self, ctx: &TenantCtx) -> Result<Vec<Api>> {
        let rows: Vec<ApiRow> = sqlx::query_as(
            "SELECT api_details.*
             FROM visible_apis
             JOIN api_details ON api_details.tenant_id = visible_apis.tenant_id
                 AND api_details.id = visible_apis.api_id
             WHERE visible_apis.tenant_id = $1 AND visible_apis.viewer_id = $2
             ORDER BY visible_apis.slug",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        all(rows)
    }

    async fn set_base_url(
        &self,
        ctx: &TenantCtx,
        api: ApiId,
        base_url: Option<&Url>,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        owned(&mut *tx, ctx, api).await?;
        sqlx::query("UPDATE apis SET base_url = $3 WHERE tenant_id = $1 AND id = $2")
            .bind(Uuid::from(ctx.tenant))
            .bind(Uuid::from(api))
            .bind(base_url.map(Url::as_str))
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        deployments::recompute(&mut tx, &self.instance, ctx.tenant, api).await?;
        tx.commit().await.map_err(database)
    }

    async fn delete_api(&self, ctx: &TenantCtx, api: ApiId) -> Result<()> {
        let mut tx = self.begin().await?;
        owned(&mut *tx, ctx, api).await?;
        // The rest goes by `ON DELETE CASCADE`.
        sqlx::query("DELETE FROM apis WHERE tenant_id = $1 AND id = $2")
            .bind(Uuid::from(ctx.tenant))
            .bind(Uuid::from(api))
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn versions(&self, ctx: &TenantCtx, api: ApiId) -> Result<Vec<Version>> {
        self.versions_of(ctx, api).await
    }

    async fn version(&self, ctx: &TenantCtx, version: VersionId) -> Result<Version> {
        self.visible_version(ctx, version).await
    }

    async fn spec(&self, ctx: &TenantCtx, version: VersionId) -> Result<Vec<u8>> {
        self.spec_of(ctx, version).await
    }

    async fn lock_file(&self, ctx: &TenantCtx, api: ApiId) -> Result<Option<String>> {
        self.newest_lock_file(ctx, api).await
    }

    async fn reached(&self, ctx: &TenantCtx, version: VersionId, step: Step) -> Result<()> {
        self.record_step(ctx, version, step).await
    }

    async fn failed(&self, ctx: &TenantCtx, version: VersionId, failure: &Failure) -> Result<()> {
        self.record_failure(ctx, version, failure).await
    }

    async fn rendered(
        &self,
        ctx: &TenantCtx,
        version: VersionId,
        manifest: &Manifest,
        lock_file: &str,
        diagnostics: &[Diagnostic],
    ) -> Result<()> {
        self.record_rendering(ctx, version, manifest, lock_file, diagnostics)
            .await
    }

    async fn built(&self, ctx: &TenantCtx, version: VersionId, artifact: &Artifact) -> Result<()> {
        self.record_artifact(ctx, version, artifact).await
    }

    async fn manifest(&self, ctx: &TenantCtx, version: VersionId) -> Result<Manifest> {
        self.manifest_of(ctx, version).await
    }

    async fn unfinished(&self, _system: SystemCtx) -> Result<Vec<(TenantCtx, Version)>> {
        self.unfinished_versions().await
    }

    async fn examples(&self, _system: SystemCtx) -> Result<Vec<(TenantCtx, Api)>> {
        let rows: Vec<TenantApiRow> = sqlx::query_as(
            "SELECT * FROM api_details WHERE example IS NOT NULL ORDER BY tenant_id, id",
        )
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        rows.into_iter()
            .map(|row| {
                let api = Api::try_from(row.api)?;
                let ctx = TenantCtx {
                    tenant: row.tenant_id.into(),
                    user: api.owner,
                };
                Ok((ctx, api))
            })
            .collect()
    }
}

#[derive(FromRow)]
struct TenantApiRow {
    tenant_id: Uuid,
    #[sqlx(flatten)]
    api: ApiRow,
}

/// An API that the caller sees.
pub(super) async fn visible(
    executor: impl SqliteExecutor<'_>,
    ctx: &TenantCtx,
    api: ApiId,
) -> Result<Api> {
    let row: Option<ApiRow> = sqlx::query_as(
        "SELECT api_details.*
         FROM visible_apis
         JOIN api_details ON api_details.tenant_id = visible_apis.tenant_id
             AND api_details.id = visible_apis.api_id
         WHERE visible_apis.tenant_id = $1
             AND visible_apis.viewer_id = $2
             AND visible_apis.api_id = $3",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(ctx.user))
    .bind(Uuid::from(api))
    .fetch_optional(executor)
    .await
    .map_err(database)?;
    row.ok_or_else(|| Error::not_found("API", api))?.try_into()
}

/// An API that the caller may change. Who sees it without owning it is told so.
pub(super) async fn owned(
    executor: impl SqliteExecutor<'_>,
    ctx: &TenantCtx,
    api: ApiId,
) -> Result<Api> {
    let api = visible(executor, ctx, api).await?;
    if api.owner == ctx.user {
        return Ok(api);
    }
    Err(Error::Forbidden {
        message: format!("Only the owner of the API `{}` may do this.", api.slug),
    })
}
