//! Storing what a user registers.

use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;
use toolmill_core::{
    Api, ApiId, Error, NewVersion, Registered, Result, Slug, TenantCtx, Version, VersionId,
};
use url::Url;
use uuid::Uuid;

use super::rows::VersionRow;
use super::{SqliteStore, apis, deployments, mounts};
use crate::error::{database, is_foreign_key_violation};
use crate::words::Word;

impl SqliteStore {
    pub(super) async fn register_version(
        &self,
        ctx: &TenantCtx,
        new: &NewVersion,
    ) -> Result<Registered> {
        let spec_sha256 = hex::encode(Sha256::digest(&new.spec));
        let mut tx = self.begin().await?;
        let api = match holder(&mut tx, ctx, &new.slug).await? {
            Some(api) => update(&mut tx, ctx, &api, new).await?,
            None => insert(&mut tx, ctx, new).await?,
        };
        let newest = newest(&mut tx, ctx, api).await?;
        let unchanged = newest
            .as_ref()
            .is_some_and(|newest| is_unchanged(newest, new, &spec_sha256));
        if !unchanged {
            let number = newest.map_or(1, |newest| newest.number.saturating_add(1));
            insert_version(&mut tx, ctx, api, number, new, &spec_sha256).await?;
        }
        // The base URL or the isolation may be another now.
        deployments::recompute(&mut tx, &self.instance, ctx.tenant, api).await?;
        let registered = Registered {
            api: apis::visible(&mut *tx, ctx, api).await?,
            version: self::newest(&mut tx, ctx, api)
                .await?
                .ok_or_else(|| Error::not_found("API", api))?,
            new: !unchanged,
        };
        tx.commit().await.map_err(database)?;
        Ok(registered)
    }
}

fn is_unchanged(newest: &Version, new: &NewVersion, spec_sha256: &str) -> bool {
    newest.failure.is_none() && newest.format == new.format && newest.spec_sha256 == spec_sha256
}

/// The caller's API of this slug. A conflict where the slug is somebody else's
/// API in the caller's namespace.
async fn holder(conn: &mut SqliteConnection, ctx: &TenantCtx, slug: &Slug) -> Result<Option<Api>> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "SELECT api_id FROM visible_apis
         WHERE tenant_id = $1 AND viewer_id = $2 AND slug = $3",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(ctx.user))
    .bind(slug.as_str())
    .fetch_optional(&mut *conn)
    .await
    .map_err(database)?;
    let Some(id) = id else { return Ok(None) };
    let api = apis::visible(conn, ctx, id.into()).await?;
    if api.owner == ctx.user {
        return Ok(Some(api));
    }
    Err(Error::conflict(
        format!("`{slug}` is the name of an API that another user shares with you."),
        "Register under another name, or take the shared API out of your list first.",
    ))
}

/// What is not given stays as it is, but for the base URL of an example: that
/// was the example's own upstream.
async fn update(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    api: &Api,
    new: &NewVersion,
) -> Result<ApiId> {
    let was_example = api.example.is_some() && new.example.is_none();
    let kept = api.base_url.as_ref().filter(|_| !was_example);
    let base_url = new.base_url.as_ref().or(kept);
    if base_url != api.base_url.as_ref() {
        mounts::forget_others(&mut *conn, ctx, api).await?;
    }
    sqlx::query(
        "UPDATE apis
         SET isolation = COALESCE($3, isolation), base_url = $4, example = $5
         WHERE tenant_id = $1 AND id = $2",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(api.id))
    .bind(new.isolation.map(Word::word))
    .bind(base_url.map(Url::as_str))
    .bind(new.example.as_deref())
    .execute(conn)
    .await
    .map_err(database)?;
    Ok(api.id)
}

async fn insert(conn: &mut SqliteConnection, ctx: &TenantCtx, new: &NewVersion) -> Result<ApiId> {
    let id = ApiId::generate();
    sqlx::query(
        "INSERT INTO apis (tenant_id, id, owner_id, slug, isolation, base_url, example)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(id))
    .bind(Uuid::from(ctx.user))
    .bind(new.slug.as_str())
    .bind(new.isolation.map(Word::word))
    .bind(new.base_url.as_ref().map(Url::as_str))
    .bind(new.example.as_deref())
    .execute(conn)
    .await
    .map_err(|error| match error {
        error if is_foreign_key_violation(&error) => super::users::unknown(ctx),
        error => database(error),
    })?;
    Ok(id)
}

async fn newest(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    api: ApiId,
) -> Result<Option<Version>> {
    let row: Option<VersionRow> = sqlx::query_as(
        "SELECT * FROM versions
         WHERE tenant_id = $1 AND api_id = $2
         ORDER BY number DESC LIMIT 1",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(api))
    .fetch_optional(conn)
    .await
    .map_err(database)?;
    row.map(Version::try_from).transpose()
}

async fn insert_version(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    api: ApiId,
    number: u32,
    new: &NewVersion,
    spec_sha256: &str,
) -> Result<()> {
    let id = VersionId::generate();
    sqlx::query(
        "INSERT INTO versions
             (tenant_id, id, api_id, number, format, spec_sha256, reached, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7)",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(id))
    .bind(Uuid::from(api))
    .bind(number)
    .bind(new.format.word())
    .bind(spec_sha256)
    .bind(new.created_at)
    .execute(&mut *conn)
    .await
    .map_err(database)?;
    sqlx::query("INSERT INTO specs (tenant_id, version_id, bytes) VALUES ($1, $2, $3)")
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(id))
        .bind(new.spec.as_slice())
        .execute(conn)
        .await
        .map_err(database)?;
    Ok(())
}
