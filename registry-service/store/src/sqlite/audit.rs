//! The audit log: append-only, hash-chained.

use async_trait::async_trait;
use sqlx::{FromRow, SqliteConnection};
use toolmill_core::{Audit, AuditEntry, Error, Outcome, Result, TenantCtx};
use uuid::Uuid;

use super::SqliteStore;
use crate::chain;
use crate::error::{Unreadable, database, is_foreign_key_violation, unreadable};
use crate::words::Word;

#[async_trait]
impl Audit for SqliteStore {
    async fn audit(&self, ctx: &TenantCtx, entries: &[AuditEntry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let (mut number, mut hash) = last(&mut tx, ctx).await?;
        for entry in entries {
            number += 1;
            hash = chain::link(&hash, ctx, number, entry);
            append(&mut tx, ctx, number, entry, &hash).await?;
        }
        tx.commit().await.map_err(database)
    }

    async fn audit_log(&self, ctx: &TenantCtx, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows: Vec<EntryRow> = sqlx::query_as(
            "SELECT at, action, subject, outcome, detail FROM audit
             WHERE tenant_id = $1 AND user_id = $2
             ORDER BY number DESC LIMIT $3",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .bind(limit)
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        super::rows::all(rows)
    }
}

impl SqliteStore {
    /// Says whether the tenant's audit log is as it was written, and how many
    /// rows it has. That rows at its end are missing can be seen only by
    /// comparing that number with an earlier one.
    ///
    /// # Errors
    /// Where a row was changed, taken out or put in, naming the first such.
    pub async fn verify_audit(&self, ctx: &TenantCtx) -> Result<u64> {
        let rows: Vec<ChainRow> =
            sqlx::query_as("SELECT * FROM audit WHERE tenant_id = $1 ORDER BY number")
                .bind(Uuid::from(ctx.tenant))
                .fetch_all(&self.read)
                .await
                .map_err(database)?;
        let mut previous = chain::FIRST;
        let mut verified = 0;
        for (number, row) in (1_i64..).zip(rows) {
            let who = TenantCtx {
                tenant: ctx.tenant,
                user: row.user_id.into(),
            };
            let entry = AuditEntry::try_from(row.entry)?;
            previous = chain::link(&previous, &who, number, &entry);
            if row.number != number || row.hash != previous {
                return Err(unreadable(Unreadable {
                    what: "row of an untouched audit log",
                    value: number.to_string(),
                }));
            }
            verified += 1;
        }
        Ok(verified)
    }
}

#[derive(FromRow)]
struct EntryRow {
    at: i64,
    action: String,
    subject: String,
    outcome: String,
    detail: String,
}

impl TryFrom<EntryRow> for AuditEntry {
    type Error = Error;

    fn try_from(row: EntryRow) -> Result<Self> {
        Ok(Self {
            at: row.at,
            action: row.action,
            subject: row.subject,
            outcome: Outcome::read(&row.outcome)?,
            detail: row.detail,
        })
    }
}

#[derive(FromRow)]
struct ChainRow {
    number: i64,
    user_id: Uuid,
    hash: Vec<u8>,
    #[sqlx(flatten)]
    entry: EntryRow,
}

/// Number and hash of the tenant's last row.
async fn last(conn: &mut SqliteConnection, ctx: &TenantCtx) -> Result<(i64, [u8; 32])> {
    let row: Option<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT number, hash FROM audit WHERE tenant_id = $1 ORDER BY number DESC LIMIT 1",
    )
    .bind(Uuid::from(ctx.tenant))
    .fetch_optional(conn)
    .await
    .map_err(database)?;
    let Some((number, hash)) = row else {
        return Ok((0, chain::FIRST));
    };
    let hash = hash.try_into().map_err(|hash: Vec<u8>| {
        unreadable(Unreadable {
            what: "hash of 32 bytes",
            value: hex::encode(hash),
        })
    })?;
    Ok((number, hash))
}

async fn append(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    number: i64,
    entry: &AuditEntry,
    hash: &[u8; 32],
) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit
             (tenant_id, number, user_id, at, action, subject, outcome, detail, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(number)
    .bind(Uuid::from(ctx.user))
    .bind(entry.at)
    .bind(&entry.action)
    .bind(&entry.subject)
    .bind(entry.outcome.word())
    .bind(&entry.detail)
    .bind(hash.as_slice())
    .execute(conn)
    .await
    .map_err(|error| match error {
        error if is_foreign_key_violation(&error) => super::users::unknown(ctx),
        error => database(error),
    })?;
    Ok(())
}
