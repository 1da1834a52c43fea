//! A tool call: find its server, give it the right to act for this one call,
//! forward the request, and hand the answer back as it came.

mod answer;
mod connect;
mod fault;
mod forward;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use toolmill_core::{Endpoint, Grant, Grants, Outcome, Servers, TenantCtx, ToolRoute};

use crate::audit::AuditLog;
use crate::clock;
use crate::mount::{Mounted, Route};
use crate::pieces::Pieces;
use crate::pool::Pool;
pub(crate) use answer::{Answer, legacy};
pub(crate) use fault::Fault;
pub(crate) use forward::Forwarded;

/// A server that does not listen after so long will not.
const START_WITHIN: Duration = Duration::from_secs(15);

/// Makes calls.
pub(crate) struct Caller {
    mounted: Arc<Mounted>,
    servers: Arc<dyn Servers>,
    grants: Arc<dyn Grants>,
    audit: Arc<AuditLog>,
    connections: Arc<Pool<Endpoint, Pieces>>,
    /// What a call may take, waking its server included.
    within: Duration,
}

impl Caller {
    pub(crate) fn new(
        mounted: Arc<Mounted>,
        servers: Arc<dyn Servers>,
        grants: Arc<dyn Grants>,
        audit: Arc<AuditLog>,
        within: Duration,
    ) -> Self {
        Self {
            mounted,
            servers,
            grants,
            audit,
            connections: Pool::new(),
            within,
        }
    }

    /// Calls the tool that the user knows as `name`, and writes that to the
    /// audit log. Dropping the future ends the call on its server, too.
    ///
    /// # Errors
    /// Where there is no such tool, or its server gives no answer.
    pub(crate) async fn call(
        &self,
        ctx: &TenantCtx,
        name: &str,
        forwarded: Forwarded<'_>,
    ) -> Result<Answer, Fault> {
        let route = match self.mounted.route(ctx, name).await {
            Ok(Some(route)) => route,
            Ok(None) => return Err(Fault::unknown_tool(name)),
            Err(error) => return Err(Fault::Platform(error)),
        };
        let mut record = Record {
            audit: &self.audit,
            ctx: *ctx,
            route: &route,
            outcome: Outcome::Error,
            detail: "cancelled",
        };
        let answer = match timeout(self.within, self.forward(ctx, &route, forwarded)).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::late(&route.slug, self.within)),
        };
        (record.outcome, record.detail) = match &answer {
            Ok(answer) if answer.is_error() => (Outcome::Error, "tool error"),
            Ok(_) => (Outcome::Ok, ""),
            Err(fault) => (Outcome::Error, fault.word()),
        };
        answer
    }

    /// Asks the server, and again where it turns out not to run.
    async fn forward(
        &self,
        ctx: &TenantCtx,
        route: &Route,
        forwarded: Forwarded<'_>,
    ) -> Result<Answer, Fault> {
        let start_by = Instant::now() + START_WITHIN;
        loop {
            let answer = self.attempt(ctx, route, &forwarded).await;
            if matches!(&answer, Err(fault) if fault.is_of_the_connection()) {
                self.servers.lost(&route.to.deployment.key);
            }
            match answer {
                Err(fault) if fault.is_worth_another_try() && Instant::now() < start_by => {}
                answer => return answer,
            }
        }
    }

    async fn attempt(
        &self,
        ctx: &TenantCtx,
        route: &Route,
        forwarded: &Forwarded<'_>,
    ) -> Result<Answer, Fault> {
        let lease = self
            .servers
            .lease(&route.to.deployment, self.within)
            .await
            .map_err(|error| Fault::not_started(&route.slug, error))?;
        let grant = self.grant(ctx, &route.to);
        let grant = self.grants.seal(&grant).map_err(Fault::Platform)?;
        let request = forward::request(&route.to.tool, forwarded, &grant)?;
        let connection = connect::connection(&lease.endpoint);
        let answer = self
            .connections
            .send(&lease.endpoint, request, self.within, connection)
            .await
            .map_err(|error| Fault::unanswered(&route.slug, self.within, error))?;
        answer::read(&route.slug, answer).await
    }

    fn grant(&self, ctx: &TenantCtx, route: &ToolRoute) -> Grant {
        let lasts = i64::try_from(self.within.as_millis()).unwrap_or(i64::MAX);
        Grant {
            ctx: *ctx,
            api: route.deployment.api,
            version: route.deployment.version,
            server: route.deployment.key.clone(),
            tool: route.tool.clone(),
            deadline: clock::now().saturating_add(lasts),
            redirect: None,
        }
    }
}

/// The call's line in the audit log, written when the call ends in any way.
struct Record<'a> {
    audit: &'a AuditLog,
    ctx: TenantCtx,
    route: &'a Route,
    outcome: Outcome,
    detail: &'static str,
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        let subject = format!("{}__{}", self.route.slug, self.route.to.tool);
        self.audit
            .record(self.ctx, "call", subject, self.outcome, self.detail);
    }
}
