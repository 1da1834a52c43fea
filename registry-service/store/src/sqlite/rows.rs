//! Rows, and what they are in the words of `core`.

use sqlx::FromRow;
use sqlx::types::Json;
use toolmill_core::{
    Api, Artifact, Deployment, Diagnostic, Error, Failure, Isolation, Role, SpecFormat, User,
    Version,
};
use url::Url;
use uuid::Uuid;

use crate::error::unreadable;
use crate::words::{Word, step_at};

/// A row of the view `api_details`.
#[derive(FromRow)]
pub(super) struct ApiRow {
    id: Uuid,
    owner_id: Uuid,
    slug: String,
    isolation: String,
    base_url: Option<String>,
    example: Option<String>,
    current_version: Option<Uuid>,
}

impl TryFrom<ApiRow> for Api {
    type Error = Error;

    fn try_from(row: ApiRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.into(),
            owner: row.owner_id.into(),
            slug: row.slug.parse()?,
            isolation: Isolation::read(&row.isolation)?,
            base_url: url(row.base_url.as_deref())?,
            example: row.example,
            current: row.current_version.map(Into::into),
        })
    }
}

/// A row of `versions`.
#[derive(FromRow)]
pub(super) struct VersionRow {
    id: Uuid,
    api_id: Uuid,
    number: u32,
    format: String,
    spec_sha256: String,
    reached: i64,
    failure: Option<Json<Failure>>,
    diagnostics: Json<Vec<Diagnostic>>,
    artifact: Option<Json<Artifact>>,
    tools: u32,
    created_at: i64,
}

impl TryFrom<VersionRow> for Version {
    type Error = Error;

    fn try_from(row: VersionRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.into(),
            api: row.api_id.into(),
            number: row.number,
            format: SpecFormat::read(&row.format)?,
            spec_sha256: row.spec_sha256,
            reached: step_at(row.reached)?,
            failure: row.failure.map(|failure| failure.0),
            diagnostics: row.diagnostics.0,
            artifact: row.artifact.map(|artifact| artifact.0),
            tools: row.tools,
            created_at: row.created_at,
        })
    }
}

/// A row of `deployments` with what it takes from its version and its API.
#[derive(FromRow)]
pub(super) struct DeploymentRow {
    server_key: String,
    tenant_id: Uuid,
    user_id: Option<Uuid>,
    api_id: Uuid,
    version_id: Uuid,
    artifact: Json<Artifact>,
    base_url: Option<String>,
}

impl TryFrom<DeploymentRow> for Deployment {
    type Error = Error;

    fn try_from(row: DeploymentRow) -> Result<Self, Error> {
        Ok(Self {
            key: row.server_key.parse()?,
            tenant: row.tenant_id.into(),
            user: row.user_id.map(Into::into),
            api: row.api_id.into(),
            version: row.version_id.into(),
            artifact: row.artifact.0,
            base_url: url(row.base_url.as_deref())?,
        })
    }
}

/// A row of `users`.
#[derive(FromRow)]
pub(super) struct UserRow {
    id: Uuid,
    name: String,
    role: String,
}

impl TryFrom<UserRow> for User {
    type Error = Error;

    fn try_from(row: UserRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            role: Role::read(&row.role)?,
        })
    }
}

/// Each row as what it stands for.
pub(super) fn all<R, T: TryFrom<R, Error = Error>>(rows: Vec<R>) -> Result<Vec<T>, Error> {
    rows.into_iter().map(T::try_from).collect()
}

pub(super) fn url(text: Option<&str>) -> Result<Option<Url>, Error> {
    text.map(|text| Url::parse(text).map_err(unreadable))
        .transpose()
}
