//! What was generated of a version: its manifest as a whole and tool by tool.

use sqlx::SqliteConnection;
use sqlx::types::Json;
use toolmill_core::{Diagnostic, Error, Manifest, Result, TenantCtx, Tool, VersionId};
use uuid::Uuid;

use crate::error::{database, is_unique_violation, unwritable};
use crate::tools::ToolRecord;

/// Puts this rendering in the place of an earlier one.
pub(super) async fn replace(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    version: VersionId,
    manifest: &Manifest,
    lock_file: &str,
    diagnostics: &[Diagnostic],
) -> Result<()> {
    describe(&mut *conn, ctx, version, manifest, diagnostics).await?;
    sqlx::query(
        "INSERT INTO renderings (tenant_id, version_id, manifest, lock_file)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, version_id)
         DO UPDATE SET manifest = excluded.manifest, lock_file = excluded.lock_file",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(version))
    .bind(serde_json::to_string(manifest).map_err(unwritable)?)
    .bind(lock_file)
    .execute(&mut *conn)
    .await
    .map_err(database)?;
    sqlx::query("DELETE FROM tools WHERE tenant_id = $1 AND version_id = $2")
        .bind(Uuid::from(ctx.tenant))
        .bind(Uuid::from(version))
        .execute(&mut *conn)
        .await
        .map_err(database)?;
    for (position, tool) in (0_i64..).zip(&manifest.tools) {
        let record = ToolRecord::of(manifest, tool)?;
        insert(&mut *conn, ctx, version, position, tool, &record).await?;
    }
    Ok(())
}

async fn describe(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    version: VersionId,
    manifest: &Manifest,
    diagnostics: &[Diagnostic],
) -> Result<()> {
    sqlx::query(
        "UPDATE versions SET takes_credentials = $3, tools = $4, diagnostics = $5
         WHERE tenant_id = $1 AND id = $2",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(version))
    .bind(!manifest.security_schemes.is_empty())
    .bind(u32::try_from(manifest.tools.len()).unwrap_or(u32::MAX))
    .bind(Json(diagnostics))
    .execute(conn)
    .await
    .map_err(database)?;
    Ok(())
}

async fn insert(
    conn: &mut SqliteConnection,
    ctx: &TenantCtx,
    version: VersionId,
    position: i64,
    tool: &Tool,
    record: &ToolRecord,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO tools (tenant_id, version_id, position, name, method, path,
                            server, own_server, security, schemes, origins, listing)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(Uuid::from(ctx.tenant))
    .bind(Uuid::from(version))
    .bind(position)
    .bind(&tool.name)
    .bind(&tool.method)
    .bind(&tool.path)
    .bind(&record.server)
    .bind(tool.servers.first())
    .bind(Json(&tool.security))
    .bind(Json(&record.schemes))
    .bind(Json(&record.origins))
    .bind(&record.listing)
    .execute(conn)
    .await
    .map_err(|error| match error {
        error if is_unique_violation(&error) => twice(&tool.name),
        error => database(error),
    })?;
    Ok(())
}

fn twice(name: &str) -> Error {
    Error::invalid(
        format!(
            "The manifest has two tools of the name `{}`.",
            name.escape_debug()
        ),
        "Generate it again: names of tools are unique within an API.",
    )
}
