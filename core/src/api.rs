//! A registered API and the versions of its specification.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{ApiId, Artifact, Diagnostic, Problem, Slug, Step, UserId, VersionId};

/// Whether users of an API share a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// A server for each user: the default where the API takes credentials.
    User,
    /// One server for all. Safe, since no credential is ever inside.
    Shared,
}

impl Isolation {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Shared => "shared",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpecFormat {
    Json,
    Yaml,
}

impl SpecFormat {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Yaml => "YAML",
        }
    }

    /// The name of the file that keeps the specification in a generated crate.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Json => "openapi.json",
            Self::Yaml => "openapi.yaml",
        }
    }
}

/// An API as its owner registered it. Others see it only through a mount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Api {
    pub id: ApiId,
    pub owner: UserId,
    /// The owner's name for it; a mount may show it under another.
    pub slug: Slug,
    pub isolation: Isolation,
    /// Replaces the specification's servers, and is approved as an origin.
    pub base_url: Option<Url>,
    /// The bundled example this API is, such as `petstore`: its upstream is
    /// started together with the instance.
    pub example: Option<String>,
    /// The version whose tools are mounted, once one got that far.
    pub current: Option<VersionId>,
}

/// One state of an API's specification, and how far it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    pub id: VersionId,
    pub api: ApiId,
    /// Counts from 1 within the API.
    pub number: u32,
    pub format: SpecFormat,
    /// Lower-case hex.
    pub spec_sha256: String,
    /// The last step that succeeded.
    pub reached: Step,
    /// Why it goes no further.
    pub failure: Option<Failure>,
    /// Findings that did not stop it.
    pub diagnostics: Vec<Diagnostic>,
    /// There from `build` on.
    pub artifact: Option<Artifact>,
    pub tools: u32,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub created_at: i64,
}

/// The step that failed, and what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub step: Step,
    pub problem: Problem,
}

/// What a user registers.
#[derive(Clone, Debug)]
pub struct NewVersion {
    pub slug: Slug,
    /// The bytes of the specification as given.
    pub spec: Vec<u8>,
    pub format: SpecFormat,
    pub base_url: Option<Url>,
    /// `None` keeps what the API has, or chooses by whether it takes credentials.
    pub isolation: Option<Isolation>,
    pub example: Option<String>,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub created_at: i64,
}

/// What registering came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Registered {
    pub api: Api,
    pub version: Version,
    /// False where the API's newest version already had these very bytes.
    pub new: bool,
}
