//! What the REST interface shows.

use serde::{Deserialize, Serialize};
use toolmill_core::{
    Api, CredentialInfo, Deployment, Diagnostic, Failure, Isolation, Manifest, SecurityScheme,
    ServerState, ServerStatus, Slug, Step, Tool, Version,
};
use url::Url;

/// An API with its newest version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ApiView {
    pub slug: Slug,
    /// Whether the caller registered it.
    pub owned: bool,
    pub isolation: Isolation,
    pub base_url: Option<Url>,
    pub example: Option<String>,
    /// The newest version's number; 0 before the first.
    pub version: u32,
    /// Whether that version's tools are the ones in use.
    pub mounted: bool,
    pub reached: Option<Step>,
    pub failure: Option<Failure>,
    pub tools: u32,
    pub spec_sha256: Option<String>,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub updated_at: Option<i64>,
    pub diagnostics: Vec<Diagnostic>,
}

impl ApiView {
    pub(super) fn new(api: &Api, newest: Option<&Version>, owned: bool) -> Self {
        Self {
            slug: api.slug.clone(),
            owned,
            isolation: api.isolation,
            base_url: api.base_url.clone(),
            example: api.example.clone(),
            version: newest.map_or(0, |version| version.number),
            mounted: newest.is_some_and(|version| api.current == Some(version.id)),
            reached: newest.map(|version| version.reached),
            failure: newest.and_then(|version| version.failure.clone()),
            tools: newest.map_or(0, |version| version.tools),
            spec_sha256: newest.map(|version| version.spec_sha256.clone()),
            updated_at: newest.map(|version| version.created_at),
            diagnostics: newest.map_or_else(Vec::new, |version| version.diagnostics.clone()),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToolView {
    /// As an MCP client sees it, `slug__tool`.
    pub name: String,
    pub title: String,
    pub method: String,
    pub path: String,
}

impl ToolView {
    pub(super) fn new(slug: &Slug, tool: &Tool) -> Self {
        Self {
            name: format!("{slug}__{}", tool.name),
            title: tool.title.clone(),
            method: tool.method.clone(),
            path: tool.path.clone(),
        }
    }
}

/// A security scheme, and whether the caller has stored a credential for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CredentialView {
    pub scheme: String,
    /// `None` for a stored credential whose scheme the API no longer has.
    pub kind: Option<SecurityScheme>,
    pub set: bool,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub updated_at: Option<i64>,
}

impl CredentialView {
    pub(super) fn all(manifest: Option<&Manifest>, stored: &[CredentialInfo]) -> Vec<Self> {
        let find = |scheme: &str| stored.iter().find(|info| info.scheme == scheme);
        let declared = manifest
            .into_iter()
            .flat_map(|manifest| &manifest.security_schemes);
        let mut views: Vec<_> = declared
            .map(|(scheme, kind)| Self {
                scheme: scheme.clone(),
                kind: Some(kind.clone()),
                set: find(scheme).is_some(),
                updated_at: find(scheme).map(|info| info.updated_at),
            })
            .collect();
        for info in stored {
            if !views.iter().any(|view| view.scheme == info.scheme) {
                views.push(Self {
                    scheme: info.scheme.clone(),
                    kind: None,
                    set: true,
                    updated_at: Some(info.updated_at),
                });
            }
        }
        views
    }
}

/// How far an API is, and its servers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatusView {
    pub slug: Slug,
    pub version: u32,
    pub mounted: bool,
    pub reached: Option<Step>,
    pub failure: Option<Failure>,
    pub servers: Vec<ServerView>,
}

impl StatusView {
    pub(super) fn new(api: &Api, newest: Option<&Version>, servers: Vec<ServerView>) -> Self {
        Self {
            slug: api.slug.clone(),
            version: newest.map_or(0, |version| version.number),
            mounted: newest.is_some_and(|version| api.current == Some(version.id)),
            reached: newest.map(|version| version.reached),
            failure: newest.and_then(|version| version.failure.clone()),
            servers,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServerView {
    pub key: String,
    /// `None` where the engine has no such server yet.
    pub state: Option<ServerState>,
}

impl ServerView {
    pub(super) fn new(deployment: &Deployment, found: Option<&ServerStatus>) -> Self {
        Self {
            key: deployment.key.to_string(),
            state: found.map(|status| status.state),
        }
    }
}
