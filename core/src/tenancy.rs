//! Who is asking. Every store method takes one of these contexts, so a query
//! without a tenant cannot be written.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{TenantId, UserId};

/// The user in whose name something is done, and the tenant of that user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TenantCtx {
    pub tenant: TenantId,
    pub user: UserId,
}

/// The platform itself: the reconciler and the egress broker, which act across
/// tenants. Only the composition root makes one.
#[derive(Clone, Copy, Debug)]
pub struct SystemCtx {
    _private: (),
}

impl SystemCtx {
    /// To be called by the composition root (and by tests) alone.
    #[must_use]
    pub fn for_the_platform() -> Self {
        Self { _private: () }
    }
}

/// What a user may do beyond using the own APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Also adds users, and stops the instance.
    Admin,
    Member,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub role: Role,
}

/// A user who has shown a valid token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub ctx: TenantCtx,
    pub name: String,
    pub role: Role,
}

/// SHA-256 of a bearer token. Tokens have 256 bits of randomness, so a plain
/// hash is enough; the token itself is stored nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
