//! The words of Toolmill, and the ports between its crates.
//!
//! Everything here is plain data or a trait: no disk, clock or network. The
//! other crates meet only in these words: `registry-service` and `hub` share
//! the ports and never each other, `store`, `vault` and `deployer` implement
//! them, and `cli` puts the pieces together.

mod api;
mod artifact;
mod audit;
mod client_certificate;
mod credential;
mod diagnostic;
mod error;
mod grant;
mod ids;
mod manifest;
mod mount;
mod origin;
mod ports;
mod problem;
mod server;
mod slug;
mod step;
mod tenancy;

pub use api::{Api, Failure, Isolation, NewVersion, Registered, SpecFormat, Version};
pub use artifact::{Artifact, BuildJob, Progress, Quiet};
pub use audit::{AuditEntry, Outcome};
pub use client_certificate::{CertificateFault, ClientCertificate};
pub use credential::{CredentialInfo, CredentialKey, SealedSecret};
pub use diagnostic::{Diagnostic, Severity};
pub use error::{Error, Result};
pub use grant::Grant;
pub use ids::{ApiId, TenantId, UserId, VersionId};
pub use manifest::{ApiInfo, Manifest, SecurityRequirement, SecurityScheme, Strict, Tool};
pub use mount::{Mount, MountedTool, ToolRoute};
pub use origin::Origin;
pub use ports::{
    Apis, Audit, Builder, CredentialSource, Credentials, Deployments, EgressDoors, Engine, Grants,
    Lease, MountChanges, Mounts, PlatformSecrets, Servers, Store, Users,
};
pub use problem::Problem;
pub use server::{Deployment, Endpoint, EngineKind, LogLine, ServerKey, ServerState, ServerStatus};
pub use slug::{Slug, split_tool_name};
pub use step::{Step, StepEvent, StepState};
pub use tenancy::{Principal, Role, SystemCtx, TenantCtx, TokenHash, User};
