//! Which servers shall exist.

use async_trait::async_trait;
use sqlx::SqliteConnection;
use toolmill_core::{
    Api, ApiId, Deployment, Deployments, Error, Isolation, Result, ServerKey, SystemCtx, TenantCtx,
    TenantId, UserId, VersionId,
};
use uuid::Uuid;

use super::rows::{ApiRow, DeploymentRow, all};
use super::{SqliteStore, apis, versions};
use crate::error::database;
use crate::words::Word;

#[async_trait]
impl Deployments for SqliteStore {
    async fn desired(&self, _system: SystemCtx) -> Result<Vec<Deployment>> {
        let rows: Vec<DeploymentRow> = sqlx::query_as(
            "SELECT deployments.*, versions.artifact, apis.base_url
             FROM deployments
             JOIN versions ON versions.tenant_id = deployments.tenant_id
                 AND versions.id = deployments.version_id
             JOIN apis ON apis.tenant_id = deployments.tenant_id
                 AND apis.id = deployments.api_id
             ORDER BY deployments.tenant_id, deployments.server_key",
        )
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        all(rows)
    }

    async fn planned(&self, ctx: &TenantCtx, version: VersionId) -> Result<Deployment> {
        let mut conn = self.read.acquire().await.map_err(database)?;
        let version = versions::visible(&mut *conn, ctx, version).await?;
        let api = apis::visible(&mut *conn, ctx, version.api).await?;
        let artifact = version.artifact.ok_or_else(|| unbuilt(&api))?;
        let isolation = isolation(&mut conn, ctx.tenant, version.id).await?;
        let user = (isolation == Isolation::User).then_some(ctx.user);
        let base_url = api.base_url;
        Ok(Deployment {
            key: ServerKey::derive(
                &self.instance,
                ctx.tenant,
                version.id,
                user,
                base_url.as_ref(),
            ),
            tenant: ctx.tenant,
            user,
            api: api.id,
            version: version.id,
            artifact,
            base_url,
        })
    }

    async fn owner_of_server(
        &self,
        _system: SystemCtx,
        server: &ServerKey,
    ) -> Result<Option<TenantCtx>> {
        let row: Option<(Uuid, Uuid)> = sqlx::query_as(
            "SELECT deployments.tenant_id, COALESCE(deployments.user_id, apis.owner_id)
             FROM deployments
             JOIN apis ON apis.tenant_id = deployments.tenant_id AND apis.id = deployments.api_id
             WHERE deployments.server_key = $1",
        )
        .bind(server.as_str())
        .fetch_optional(&self.read)
        .await
        .map_err(database)?;
        Ok(row.map(|(tenant, user)| TenantCtx {
            tenant: tenant.into(),
            user: user.into(),
        }))
    }

    async fn deployments(&self, ctx: &TenantCtx, api: ApiId) -> Result<Vec<Deployment>> {
        apis::visible(&self.read, ctx, api).await?;
        let rows: Vec<DeploymentRow> = sqlx::query_as(
            "SELECT deployments.*, versions.artifact, apis.base_url
             FROM mounts
             JOIN deployments ON deployments.tenant_id = mounts.tenant_id
                 AND deployments.api_id = mounts.api_id
                 AND (deployments.user_id IS NULL OR deployments.user_id = mounts.user_id)
             JOIN versions ON versions.tenant_id = deployments.tenant_id
                 AND versions.id = deployments.version_id
             JOIN apis ON apis.tenant_id = deployments.tenant_id
                 AND apis.id = deployments.api_id
             WHERE mounts.tenant_id = $1 AND mounts.user_id = $2 AND mounts.api_id = $3
             ORDER BY deployments.server_key",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .bind(Uuid::from(api))
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        all(rows)
    }
}

/// What is said of a version that has no binary yet.
pub(super) fn unbuilt(api: &Api) -> Error {
    Error::conflict(
        format!("The version of the API `{}` is not built yet.", api.slug),
        "Wait until it is built, or register it again.",
    )
}

/// Makes the desired servers of an API those of its current version: one for
/// each user who has it mounted, or one for all of them.
pub(super) async fn recompute(
    conn: &mut SqliteConnection,
    instance: &str,
    tenant: TenantId,
    api: ApiId,
) -> Result<()> {
    sqlx::query("DELETE FROM deployments WHERE tenant_id = $1 AND api_id = $2")
        .bind(Uuid::from(tenant))
        .bind(Uuid::from(api))
        .execute(&mut *conn)
        .await
        .map_err(database)?;
    let row: ApiRow = sqlx::query_as("SELECT * FROM api_details WHERE tenant_id = $1 AND id = $2")
        .bind(Uuid::from(tenant))
        .bind(Uuid::from(api))
        .fetch_one(&mut *conn)
        .await
        .map_err(database)?;
    let api = Api::try_from(row)?;
    let Some(version) = api.current else {
        return Ok(());
    };
    for user in served(&mut *conn, tenant, &api).await? {
        let key = ServerKey::derive(instance, tenant, version, user, api.base_url.as_ref());
        insert(&mut *conn, tenant, &api, version, user, &key).await?;
    }
    Ok(())
}

/// For whom there shall be a server; `None` stands for everybody.
async fn served(
    conn: &mut SqliteConnection,
    tenant: TenantId,
    api: &Api,
) -> Result<Vec<Option<UserId>>> {
    let users: Vec<Uuid> =
        sqlx::query_scalar("SELECT user_id FROM mounts WHERE tenant_id = $1 AND api_id = $2")
            .bind(Uuid::from(tenant))
            .bind(Uuid::from(api.id))
            .fetch_all(conn)
            .await
            .map_err(database)?;
    Ok(match api.isolation {
        Isolation::User => users.into_iter().map(|user| Some(user.into())).collect(),
        Isolation::Shared if users.is_empty() => Vec::new(),
        Isolation::Shared => vec![None],
    })
}

async fn insert(
    conn: &mut SqliteConnection,
    tenant: TenantId,
    api: &Api,
    version: VersionId,
    user: Option<UserId>,
    key: &ServerKey,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO deployments (tenant_id, server_key, api_id, version_id, user_id)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(Uuid::from(tenant))
    .bind(key.as_str())
    .bind(Uuid::from(api.id))
    .bind(Uuid::from(version))
    .bind(user.map(Uuid::from))
    .execute(conn)
    .await
    .map_err(database)?;
    Ok(())
}

/// The isolation of a version, whether it is the current one or not.
async fn isolation(
    conn: &mut SqliteConnection,
    tenant: TenantId,
    version: VersionId,
) -> Result<Isolation> {
    let word: String = sqlx::query_scalar(
        "SELECT COALESCE(
             apis.isolation,
             CASE WHEN versions.takes_credentials = 0 THEN 'shared' ELSE 'user' END
         )
         FROM versions
         JOIN apis ON apis.tenant_id = versions.tenant_id AND apis.id = versions.api_id
         WHERE versions.tenant_id = $1 AND versions.id = $2",
    )
    .bind(Uuid::from(tenant))
    .bind(Uuid::from(version))
    .fetch_one(conn)
    .await
    .map_err(database)?;
    Isolation::read(&word)
}
