//! Credentials as records: sealed bytes, and what may be said about them.

use serde::{Deserialize, Serialize};

use crate::{ApiId, TenantCtx};

/// Which credential: one for each user, API and security scheme.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CredentialKey {
    pub ctx: TenantCtx,
    pub api: ApiId,
    /// The scheme's name in the specification.
    pub scheme: String,
}

/// A secret under its own data key (AES-256-GCM), the data key under the
/// key-encryption key. Only `vault` makes and opens one. The additional data
/// of both binds [`CredentialKey`], so that a record moved elsewhere does not open.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Which key-encryption key wrapped the data key.
    pub key_id: String,
    /// Nonce (12 bytes) and wrapped data key.
    pub wrapped_key: Vec<u8>,
    /// Nonce (12 bytes) and ciphertext.
    pub ciphertext: Vec<u8>,
}

/// What anybody may learn of a stored credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialInfo {
    pub scheme: String,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub updated_at: i64,
}
