//! From a tool's name, or a grant, to what stands behind it.

use std::sync::Arc;

use toolmill_core::{Error, Grant, Result, ServerKey, Slug, TenantCtx, ToolRoute, split_tool_name};

use super::Mounted;

/// No name of a mounted tool is longer: 16 characters of slug, `__`, and 46.
const MAX_NAME: usize = 64;

/// Where a call of one tool by one user goes.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) slug: Slug,
    pub(crate) to: ToolRoute,
}

impl Mounted {
    /// The route of `slug__tool` or `slug.tool`; `None` where the user has no
    /// such tool.
    ///
    /// # Errors
    /// Where the store fails.
    pub(crate) async fn route(&self, ctx: &TenantCtx, name: &str) -> Result<Option<Arc<Route>>> {
        let Some((slug, tool)) = split_tool_name(name) else {
            return Ok(None);
        };
        let (Ok(slug), true) = (slug.parse::<Slug>(), name.len() <= MAX_NAME) else {
            return Ok(None);
        };
        let key = (*ctx, name.to_owned());
        let asked = match self.routes.recall(&key) {
            Ok(route) => return Ok(Some(route)),
            Err(asked) => asked,
        };
        let to = match self.store.tool_route(ctx, &slug, tool).await {
            Ok(to) => to,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let route = Arc::new(Route { slug, to });
        self.routes.remember(asked, key, route.clone());
        Ok(Some(route))
    }

    /// What the grant allows; `None` where its tool is no longer mounted.
    ///
    /// # Errors
    /// Where the store fails.
    pub(crate) async fn granted(&self, grant: &Grant) -> Result<Option<Arc<ToolRoute>>> {
        let key = grant.without_its_call();
        let asked = match self.granted.recall(&key) {
            Ok(route) => return Ok(Some(route)),
            Err(asked) => asked,
        };
        let route = match self.store.granted_route(self.system, grant).await {
            Ok(route) => Arc::new(route),
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        self.granted.remember(asked, key, route.clone());
        Ok(Some(route))
    }

    /// Whose a server is.
    ///
    /// # Errors
    /// Where the store fails.
    pub(crate) async fn owner_of(&self, server: &ServerKey) -> Result<Option<TenantCtx>> {
        self.store.owner_of_server(self.system, server).await
    }

    /// The name under which the grant's user has its API mounted.
    pub(crate) async fn slug_of(&self, grant: &Grant) -> Option<Slug> {
        let mounts = self.store.mounts(&grant.ctx).await.ok()?;
        let mount = mounts.into_iter().find(|mount| mount.api == grant.api)?;
        Some(mount.slug)
    }
}
