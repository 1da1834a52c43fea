//! Listing and calling tools: one query each, since every call waits for it.

use sqlx::FromRow;
use sqlx::types::Json;
use toolmill_core::{
    Artifact, Deployment, Error, Grant, MountedTool, Origin, Result, SecurityRequirement,
    SecurityScheme, ServerKey, Slug, TenantCtx, ToolRoute, UserId,
};
use uuid::Uuid;

use super::SqliteStore;
use super::rows::{DeploymentRow, url};
use crate::error::database;
use crate::tools::base;

impl SqliteStore {
    pub(super) async fn tools_of(
        &self,
        ctx: &TenantCtx,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<MountedTool>> {
        let rows: Vec<(String, String, String, String, String)> = sqlx::query_as(
            "SELECT mounts.slug, tools.name, tools.method, tools.path, tools.listing
             FROM mounts
             JOIN apis ON apis.tenant_id = mounts.tenant_id AND apis.id = mounts.api_id
             JOIN tools ON tools.tenant_id = apis.tenant_id
                 AND tools.version_id = apis.current_version
             WHERE mounts.tenant_id = $1 AND mounts.user_id = $2
             ORDER BY mounts.slug, tools.position
             LIMIT $3 OFFSET $4",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .bind(limit)
        .bind(offset)
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        rows.into_iter()
            .map(|(slug, name, method, path, listing)| {
                Ok(MountedTool {
                    slug: slug.parse()?,
                    name,
                    method,
                    path,
                    listing: listing.into(),
                })
            })
            .collect()
    }

    pub(super) async fn route_of(
        &self,
        ctx: &TenantCtx,
        slug: &Slug,
        tool: &str,
    ) -> Result<ToolRoute> {
        let row: Option<RouteRow> = sqlx::query_as(
            "SELECT tools.name, tools.method, tools.path, tools.server, tools.own_server,
                    tools.security, tools.schemes, tools.origins,
                    deployments.*, versions.artifact, apis.base_url
             FROM mounts
             JOIN apis ON apis.tenant_id = mounts.tenant_id AND apis.id = mounts.api_id
             JOIN versions ON versions.tenant_id = apis.tenant_id
                 AND versions.id = apis.current_version
             JOIN tools ON tools.tenant_id = versions.tenant_id
                 AND tools.version_id = versions.id
             JOIN deployments ON deployments.tenant_id = versions.tenant_id
                 AND deployments.api_id = versions.api_id
                 AND deployments.version_id = versions.id
                 AND (deployments.user_id IS NULL OR deployments.user_id = mounts.user_id)
             WHERE mounts.tenant_id = $1 AND mounts.user_id = $2 AND mounts.slug = $3
                 AND tools.name = $4",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .bind(slug.as_str())
        .bind(tool)
        .fetch_optional(&self.read)
        .await
        .map_err(database)?;
        let missing = || Error::not_found("tool", format_args!("{slug}__{}", tool.escape_debug()));
        let row = row.ok_or_else(missing)?;
        Ok(row.tool.route(row.deployment.try_into()?))
    }

    /// The grant's version need not be the current one: a call that was under
    /// way when another version was mounted may finish. But its server must
    /// still be the one that the API, as it is now, would be given.
    pub(super) async fn route_of_grant(&self, grant: &Grant) -> Result<ToolRoute> {
        let row: Option<GrantedRow> = sqlx::query_as(
            "SELECT tools.name, tools.method, tools.path, tools.server, tools.own_server,
                    tools.security, tools.schemes, tools.origins,
                    versions.artifact, apis.base_url
             FROM mounts
             JOIN apis ON apis.tenant_id = mounts.tenant_id AND apis.id = mounts.api_id
             JOIN versions ON versions.tenant_id = apis.tenant_id AND versions.api_id = apis.id
             JOIN tools ON tools.tenant_id = versions.tenant_id
                 AND tools.version_id = versions.id
             WHERE mounts.tenant_id = $1 AND mounts.user_id = $2 AND mounts.api_id = $3
                 AND versions.id = $4 AND tools.name = $5",
        )
        .bind(Uuid::from(grant.ctx.tenant))
        .bind(Uuid::from(grant.ctx.user))
        .bind(Uuid::from(grant.api))
        .bind(Uuid::from(grant.version))
        .bind(&grant.tool)
        .fetch_optional(&self.read)
        .await
        .map_err(database)?;
        let missing = || Error::not_found("tool", grant.tool.escape_debug());
        let row = row.ok_or_else(missing)?;
        let deployment = self
            .granted(grant, row.artifact.0, url(row.base_url.as_deref())?)
            .ok_or_else(missing)?;
        Ok(row.tool.route(deployment))
    }

    fn granted(
        &self,
        grant: &Grant,
        artifact: Artifact,
        base_url: Option<url::Url>,
    ) -> Option<Deployment> {
        let key = |user: Option<UserId>| {
            ServerKey::derive(
                &self.instance,
                grant.ctx.tenant,
                grant.version,
                user,
                base_url.as_ref(),
            )
        };
        let user = [Some(grant.ctx.user), None]
            .into_iter()
            .find(|user| key(*user) == grant.server)?;
        Some(Deployment {
            key: grant.server.clone(),
            tenant: grant.ctx.tenant,
            user,
            api: grant.api,
            version: grant.version,
            artifact,
            base_url,
        })
    }
}

#[derive(FromRow)]
struct RouteRow {
    #[sqlx(flatten)]
    tool: ToolRow,
    #[sqlx(flatten)]
    deployment: DeploymentRow,
}

#[derive(FromRow)]
struct GrantedRow {
    #[sqlx(flatten)]
    tool: ToolRow,
    artifact: Json<Artifact>,
    base_url: Option<String>,
}

#[derive(FromRow)]
struct ToolRow {
    name: String,
    method: String,
    path: String,
    server: Option<String>,
    own_server: Option<String>,
    security: Json<SecurityRequirement>,
    schemes: Json<Vec<(String, SecurityScheme)>>,
    origins: Json<Vec<Origin>>,
}

impl ToolRow {
    /// A base URL replaces every server of the specification.
    fn route(self, deployment: Deployment) -> ToolRoute {
        let (base, origins) = match &deployment.base_url {
            Some(base_url) => (
                Some(base_url.clone()),
                Origin::of(base_url, true).into_iter().collect(),
            ),
            None => (
                base(self.server.as_deref(), self.own_server.as_deref()),
                self.origins.0,
            ),
        };
        ToolRoute {
            tool: self.name,
            method: self.method,
            path: self.path,
            base,
            deployment,
            origins,
            security: self.security.0,
            schemes: self.schemes.0,
        }
    }
}
