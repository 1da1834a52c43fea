//! Which APIs are in whose namespace.

use async_trait::async_trait;
use sqlx::SqliteConnection;
use toolmill_core::{
    Api, ApiId, Error, Grant, Mount, MountedTool, Mounts, Result, Slug, Step, SystemCtx, TenantCtx,
    ToolRoute, User, VersionId,
};
use uuid::Uuid;

use super::{SqliteStore, apis, deployments, versions};
use crate::error::{database, is_foreign_key_violation, is_unique_violation};

#[async_trait]
impl Mounts for SqliteStore {
    async fn mount(&self, ctx: &TenantCtx, version: VersionId) -> Result<Mount> {
        let mut tx = self.begin().await?;
        let (api, version) = versions::owned(&mut tx, ctx, version).await?;
        if version.artifact.is_none() {
            return Err(deployments::unbuilt(&api));
        }
        if leads_elsewhere(&mut tx, &api, version.id, ctx).await? {
            forget_others(&mut tx, ctx, &api).await?;
        }
        sqlx::query("UPDATE apis SET current_version = $3 WHERE tenant_id = $1 AND id = $2")
            .bind(Uuid::from(ctx.tenant))
            .bind(Uuid::from(api.id))
            .bind(Uuid::from(version.id))
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        versions::advance(&mut *tx, ctx, version.id, Step::Mount).await?;
        insert(&mut tx, ctx, api.id, &api.slug).await?;
        deployments::recompute(&mut tx, &self.instance, ctx.tenant, api.id).await?;
        tx.commit().await.map_err(database)?;
        Ok(Mount {
            slug: api.slug,
            api: api.id,
            owned: true,
        })
    }

    async fn share(&self, ctx: &TenantCtx, api: ApiId, with: &User, slug: &Slug) -> Result<Mount> {
        let mut tx = self.begin().await?;
        let api = apis::owned(&mut *tx, ctx, api).await?;
        let theirs = TenantCtx {
            tenant: ctx.tenant,
            user: with.id,
        };
        check_free(&mut tx, &theirs, api.id, slug).await?;
        insert(&mut tx, &theirs, api.id, slug).await?;
        deployments::recompute(&mut tx, &self.instance, ctx.tenant, api.id).await?;
        tx.commit().await.map_err(database)?;
        Ok(Mount {
            slug: slug.clone(),
            api: api.id,
            owned: with.id == api.owner,
        })
    }

    async fn unmount(&self, ctx: &TenantCtx, slug: &Slug) -> Result<()> {
        let mut tx = self.begin().await?;
        let api: Option<Uuid> = sqlx::query_scalar(
            "DELETE FROM mounts WHERE tenant_id = $1 AND user_id = $2 AND slug = $3
             RETURNING api_id",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .bind(slug.as_str())
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        let api = ApiId::from(api.ok_or_else(|| Error::not_found("API", slug))?);
        forget_credentials(&mut tx, ctx, api).await?;
        deployments::recompute(&mut tx, &self.instance, ctx.tenant, api).await?;
        tx.commit().await.map_err(database)
    }

    async fn mounts(&self, ctx: &TenantCtx) -> Result<Vec<Mount>> {
        let rows: Vec<(String, Uuid, bool)> = sqlx::query_as(
            "SELECT mounts.slug, mounts.api_id, apis.owner_id = mounts.user_id
             FROM mounts
             JOIN apis ON apis.tenant_id = mounts.tenant_id AND apis.id = mounts.api_id
             WHERE mounts.tenant_id = $1 AND mounts.user_id = $2
             ORDER BY mounts.slug",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        rows.into_iter()
            .map(|(slug, api, owned)| {
                Ok(Mount {
                    slug: slug.parse()?,
                    api: api.into(),
                    owned,
                })
            })
            .collect()
    }

    async fn mounted_tools(
        &self,
        ctx: &TenantCtx,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<MountedTool>> {
        self.tools_of(ctx, offset, limit).await
    }

    async fn tool_route(&self, ctx: &TenantCtx, slug: &Slug, tool: &str) -> Result<ToolRoute> {
        self.route_of(ctx, slug, tool).await
    }

    async fn granted_route(&self, _system: SystemCtx, grant: &Grant) -> Result<ToolRoute> {
        self.route_of_grant(grant).await
    }

    async fn users_of(&self, ctx: &TenantCtx, api: ApiId) -> Result<Vec<TenantCtx>> {
        apis::visible(&self.read, ctx, api).await?;
        let users: Vec<Uuid> = sqlx::query_scalar(
            "SELECT user_id FROM mounts WHERE tenant_id = $1 AND api_id = $2 ORDER BY user_id",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(api))
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        Ok(users
            .into_iter()
            .map(|user| TenantCtx {
                tenant: ctx.tenant,
                user: user.into(),
            })
            .collect())
    }
}

/// Mounts an API for the context's user. One that is mounted already stays.
async fn insert(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    api: ApiId,
    slug: &Slug,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO mounts (tenant_id, user_id, slug, api_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, user_id, api_id) DO NOTHING",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(ctx.user))
    .bind(slug.as_str())
    .bind(Uuid::from(api))
    .execute(conn)
    .await
    .map_err(|error| match error {
        error if is_unique_violation(&error) => taken(slug),
        error if is_foreign_key_violation(&error) => super::users::unknown(ctx),
        error => database(error),
    })?;
    Ok(())
}

/// Refuses a slug that names another API in the user's namespace, and another
/// slug for an API that is there already.
async fn check_free(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    api: ApiId,
    slug: &Slug,
) -> Result<()> {
    let found: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT api_id, slug FROM visible_apis
         WHERE tenant_id = $1 AND viewer_id = $2 AND (slug = $3 OR api_id = $4)",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(ctx.user))
    .bind(slug.as_str())
    .bind(Uuid::from(api))
    .fetch_all(conn)
    .await
    .map_err(database)?;
    for (id, name) in found {
        if ApiId::from(id) != api {
            return Err(taken(slug));
        }
        if name != slug.as_str() {
            return Err(Error::conflict(
                format!("The user has this API already, as `{name}`."),
                "Share it under that name.",
            ));
        }
    }
    Ok(())
}

fn taken(slug: &Slug) -> Error {
    Error::conflict(
        format!("The user has another API of the name `{slug}`."),
        "Choose another name for it.",
    )
}

/// Who does not see an API any more has no use for credentials of it. An owner
/// keeps them with the API.
async fn forget_credentials(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    api: ApiId,
) -> Result<()> {
    sqlx::query(
        "DELETE FROM credentials
         WHERE tenant_id = $1 AND user_id = $2 AND api_id = $3
             AND NOT EXISTS (
                 SELECT 1 FROM apis
                 WHERE apis.tenant_id = $1 AND apis.id = $3 AND apis.owner_id = $2
             )",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(ctx.user))
    .bind(Uuid::from(api))
    .execute(conn)
    .await
    .map_err(database)?;
    Ok(())
}

/// Whether this version's requests go to other origins than those of the one
/// that is mounted. A base URL counts more than either.
async fn leads_elsewhere(
    conn: &mut SqliteConnection,
    api: &Api,
    version: VersionId,
    ctx: &TenantCtx,
) -> Result<bool> {
    let Some(current) = api.current.filter(|_| api.base_url.is_none()) else {
        return Ok(false);
    };
    let added: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM tools
         WHERE tenant_id = $1 AND version_id = $2
             AND origins NOT IN (
                 SELECT origins FROM tools WHERE tenant_id = $1 AND version_id = $3
             )
         LIMIT 1",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(version))
    .bind(Uuid::from(current))
    .fetch_optional(conn)
    .await
    .map_err(database)?;
    Ok(added.is_some())
}

/// Others gave their credentials for where the API went so far: where its owner
/// sends it elsewhere, they have to give them again.
pub(super) async fn forget_others(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    api: &Api,
) -> Result<()> {
    sqlx::query(
        "DELETE FROM credentials
         WHERE tenant_id = $1 AND api_id = $2 AND user_id <> $3",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(api.id))
    .bind(Uuid::from(api.owner))
    .execute(conn)
    .await
    .map_err(database)?;
    Ok(())
}
