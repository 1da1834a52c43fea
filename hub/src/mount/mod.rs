//! What a user sees, and what stands behind it: tool lists, routes of calls,
//! and the news that either has changed.

mod changes;
mod listing;
mod routes;

use std::sync::Arc;
use std::time::Duration;

use toolmill_core::{Grant, Store, SystemCtx, TenantCtx, ToolRoute};

use crate::config::PageLimits;
use crate::recent::Recent;
use changes::Listeners;
pub(crate) use changes::News;
pub(crate) use routes::Route;

/// How long a route may outlive a change that was made by another process.
const ROUTE_LIFETIME: Duration = Duration::from_secs(5);
const GRANTED_LIFETIME: Duration = Duration::from_secs(2);
const REMEMBERED: usize = 16_384;

/// Reads mounts from the store, and remembers what calls need again and again.
pub(crate) struct Mounted {
    store: Arc<dyn Store>,
    system: SystemCtx,
    page: PageLimits,
    routes: Recent<(TenantCtx, String), Arc<Route>>,
    /// By grants without their deadlines and redirects, so that those of one tool are one.
    granted: Recent<Grant, Arc<ToolRoute>>,
    listeners: Listeners,
}

impl Mounted {
    pub(crate) fn new(store: Arc<dyn Store>, system: SystemCtx, page: PageLimits) -> Self {
        Self {
            store,
            system,
            page,
            routes: Recent::new(ROUTE_LIFETIME, REMEMBERED),
            granted: Recent::new(GRANTED_LIFETIME, REMEMBERED),
            listeners: Listeners::default(),
        }
    }
}
