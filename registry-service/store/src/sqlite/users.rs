//! Who may sign in.

use async_trait::async_trait;
use sqlx::SqliteConnection;
use toolmill_core::{
    Error, Principal, Result, Role, SystemCtx, TenantCtx, TenantId, TokenHash, User, UserId, Users,
};
use uuid::Uuid;

use super::SqliteStore;
use super::rows::{UserRow, all};
use crate::error::{database, is_foreign_key_violation, is_unique_violation};
use crate::words::Word;

/// The tenant of an instance that has only one.
const LOCAL: &str = "local";

const LONGEST_NAME: usize = 64;

#[async_trait]
impl Users for SqliteStore {
    async fn authenticate(&self, token: &TokenHash) -> Result<Option<Principal>> {
        let row: Option<(Uuid, Uuid, String, String)> = sqlx::query_as(
            "SELECT users.tenant_id, users.id, users.name, users.role
             FROM tokens
             JOIN users ON users.tenant_id = tokens.tenant_id AND users.id = tokens.user_id
             WHERE tokens.hash = $1",
        )
        .bind(token.as_bytes())
        .fetch_optional(&self.read)
        .await
        .map_err(database)?;
        row.map(|(tenant, user, name, role)| {
            let ctx = TenantCtx {
                tenant: tenant.into(),
                user: user.into(),
            };
            let role = Role::read(&role)?;
            Ok(Principal { ctx, name, role })
        })
        .transpose()
    }

    async fn ensure_user(&self, _system: SystemCtx, name: &str, role: Role) -> Result<Principal> {
        check_name(name)?;
        let mut tx = self.begin().await?;
        let tenant = ensure_tenant(&mut tx).await?;
        let user = match find(&mut tx, tenant, name).await? {
            Some(user) => user,
            None => insert(&mut tx, tenant, name, role)
                .await
                .map_err(database)?,
        };
        tx.commit().await.map_err(database)?;
        Ok(Principal {
            ctx: TenantCtx {
                tenant,
                user: user.id,
            },
            name: user.name,
            role: user.role,
        })
    }

    async fn add_user(&self, ctx: &TenantCtx, name: &str, role: Role) -> Result<User> {
        check_name(name)?;
        let mut tx = self.begin().await?;
        require(&mut tx, ctx).await?;
        let user = insert(&mut tx, ctx.tenant, name, role)
            .await
            .map_err(|error| {
                if is_unique_violation(&error) {
                    return Error::conflict(
                        format!("There is a user `{name}` already."),
                        "Choose another name.",
                    );
                }
                database(error)
            })?;
        tx.commit().await.map_err(database)?;
        Ok(user)
    }

    async fn user_named(&self, ctx: &TenantCtx, name: &str) -> Result<User> {
        let row: Option<UserRow> = sqlx::query_as(
            "SELECT users.*
             FROM users AS me
             JOIN users ON users.tenant_id = me.tenant_id
             WHERE me.tenant_id = $1 AND me.id = $2 AND users.name = $3",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .bind(name)
        .fetch_optional(&self.read)
        .await
        .map_err(database)?;
        row.ok_or_else(|| Error::not_found("user", name.escape_debug()))?
            .try_into()
    }

    async fn users(&self, ctx: &TenantCtx) -> Result<Vec<User>> {
        let rows: Vec<UserRow> = sqlx::query_as(
            "SELECT users.*
             FROM users AS me
             JOIN users ON users.tenant_id = me.tenant_id
             WHERE me.tenant_id = $1 AND me.id = $2
             ORDER BY users.name",
        )
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .fetch_all(&self.read)
        .await
        .map_err(database)?;
        all(rows)
    }

    async fn put_token(&self, ctx: &TenantCtx, token: &TokenHash, label: &str) -> Result<()> {
        let done = sqlx::query(
            "INSERT INTO tokens (hash, tenant_id, user_id, label)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (hash) DO UPDATE SET label = excluded.label
             WHERE tokens.tenant_id = excluded.tenant_id AND tokens.user_id = excluded.user_id",
        )
        .bind(token.as_bytes())
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(ctx.user))
        .bind(label)
        .execute(&self.write)
        .await;
        match done {
            Ok(done) if done.rows_affected() == 0 => Err(Error::conflict(
                "This token belongs to another user.",
                "Make a new token.",
            )),
            Ok(_) => Ok(()),
            Err(error) if is_foreign_key_violation(&error) => Err(unknown(ctx)),
            Err(error) => Err(database(error)),
        }
    }
}

/// What is said where the context's user is not there.
pub(super) fn unknown(ctx: &TenantCtx) -> Error {
    Error::not_found("user", ctx.user)
}

/// Refuses a context whose user is not there.
async fn require(conn: &mut SqliteConnection, ctx: &TenantCtx) -> Result<()> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM users WHERE tenant_id = $1 AND id = $2")
            .bind(Uuid::from(ctx.tenant))
            .bind(Uuid::from(ctx.user))
            .fetch_optional(conn)
            .await
            .map_err(database)?;
    found.map(|_| ()).ok_or_else(|| unknown(ctx))
}

async fn ensure_tenant(conn: &mut SqliteConnection) -> Result<TenantId> {
    sqlx::query("INSERT INTO tenants (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
        .bind(Uuid::from(TenantId::generate()))
        .bind(LOCAL)
        .execute(&mut *conn)
        .await
        .map_err(database)?;
    let id: Uuid = sqlx::query_scalar("SELECT id FROM tenants WHERE name = $1")
        .bind(LOCAL)
        .fetch_one(conn)
        .await
        .map_err(database)?;
    Ok(id.into())
}

async fn find(conn: &mut SqliteConnection, tenant: TenantId, name: &str) -> Result<Option<User>> {
    let row: Option<UserRow> =
        sqlx::query_as("SELECT * FROM users WHERE tenant_id = $1 AND name = $2")
            .bind(Uuid::from(tenant))
            .bind(name)
            .fetch_optional(conn)
            .await
            .map_err(database)?;
    row.map(User::try_from).transpose()
}

async fn insert(
    conn: &mut SqliteConnection,
    tenant: TenantId,
    name: &str,
    role: Role,
) -> sqlx::Result<User> {
    let id = UserId::generate();
    sqlx::query("INSERT INTO users (tenant_id, id, name, role) VALUES ($1, $2, $3, $4)")
        .bind(Uuid::from(tenant))
        .bind(Uuid::from(id))
        .bind(name)
        .bind(role.word())
        .execute(conn)
        .await?;
    Ok(User {
        id,
        name: name.to_owned(),
        role,
    })
}

/// Names are shown in terminals and pages, so what would not show is refused.
fn check_name(name: &str) -> Result<()> {
    let fits = !name.is_empty()
        && name.trim() == name
        && name.chars().count() <= LONGEST_NAME
        && !name.chars().any(char::is_control);
    if fits {
        return Ok(());
    }
    Err(Error::invalid(
        format!("`{}` is not a name for a user.", name.escape_debug()),
        "Use 1 to 64 characters, without control characters and without spaces at either end.",
    ))
}
