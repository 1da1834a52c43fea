//! What servers do, in the audit log: requests that the broker did not let them
//! make, and credentials that were used for those it did.
//!
//! A hostile server can do either as often as it likes. So of each kind one row
//! is written a minute, and then one that says how many more there were.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use toolmill_core::{Grant, Outcome, ServerKey, TenantCtx};

use super::tally::Tally;
use crate::audit::AuditLog;
use crate::mount::Mounted;

pub(super) struct Ledger {
    audit: Arc<AuditLog>,
    mounted: Arc<Mounted>,
    tally: Mutex<Tally<Deed, Row>>,
}

/// In whose name a server acted.
#[derive(Clone, Copy)]
pub(super) enum By<'a> {
    /// A caller's, by a grant.
    Caller(&'a Grant),
    /// Its own: it showed no grant that is good there.
    Itself(&'a ServerKey),
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Deed {
    by: Whose,
    action: &'static str,
    detail: String,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Whose {
    Caller(Grant),
    Server(ServerKey),
}

struct Row {
    ctx: TenantCtx,
    action: &'static str,
    subject: String,
    outcome: Outcome,
    detail: String,
}

impl Ledger {
    pub(super) fn new(audit: Arc<AuditLog>, mounted: Arc<Mounted>) -> Self {
        Self {
            audit,
            mounted,
            tally: Mutex::new(Tally::new(Instant::now())),
        }
    }

    /// A request was refused, for the reason of this code.
    pub(super) async fn refused(&self, by: By<'_>, code: &'static str) {
        self.note(by, "egress", Outcome::Refused, code.to_owned())
            .await;
    }

    /// A request went out with the credentials of these schemes.
    pub(super) async fn used(&self, grant: &Grant, schemes: String) {
        self.note(By::Caller(grant), "credential.use", Outcome::Ok, schemes)
            .await;
    }

    /// Writes down what was only counted so far.
    pub(super) fn close(&self) {
        let rest = self.tally().rest();
        self.write_counted(rest);
    }

    async fn note(&self, by: By<'_>, action: &'static str, outcome: Outcome, detail: String) {
        let deed = Deed {
            by: by.whose(),
            action,
            detail,
        };
        if self.tally().again(&deed, Instant::now()) {
            return;
        }
        let Some((ctx, subject)) = self.place(by).await else {
            return;
        };
        let row = |detail: String| Row {
            ctx,
            action,
            subject: subject.clone(),
            outcome,
            detail,
        };
        let (first, further) = (row(deed.detail.clone()), row(deed.detail.clone()));
        let over = self.tally().first(deed, further, Instant::now());
        if let Some(over) = over {
            self.write_counted(over);
            self.write(first);
        }
    }

    /// Whose log it belongs into, and what it was done to. For a server, that of
    /// its user, or of the owner of an API whose users share it.
    async fn place(&self, by: By<'_>) -> Option<(TenantCtx, String)> {
        match by {
            By::Caller(grant) => {
                let slug = self.mounted.slug_of(grant).await;
                let slug = slug.map_or_else(String::new, |slug| format!("{slug}__"));
                Some((grant.ctx, format!("{slug}{}", grant.tool)))
            }
            By::Itself(server) => match self.mounted.owner_of(server).await {
                Ok(owner) => Some((owner?, server.to_string())),
                Err(error) => {
                    tracing::error!(%error, %server, "a refusal is missing from the audit log");
                    None
                }
            },
        }
    }

    fn write_counted(&self, rows: Vec<(Row, u64)>) {
        for (mut row, more) in rows {
            row.detail = format!("{}, {more} times more", row.detail);
            self.write(row);
        }
    }

    fn write(&self, row: Row) {
        let Row {
            ctx,
            action,
            subject,
            outcome,
            detail,
        } = row;
        self.audit.record(ctx, action, subject, outcome, detail);
    }

    fn tally(&self) -> MutexGuard<'_, Tally<Deed, Row>> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl By<'_> {
    /// Grants of one tool for one user are one, whichever call they are of.
    fn whose(self) -> Whose {
        match self {
            Self::Itself(server) => Whose::Server(server.clone()),
            Self::Caller(grant) => Whose::Caller(grant.without_its_call()),
        }
    }
}
