//! The hash chain of a tenant's audit log.

use sha2::{Digest, Sha256};
use toolmill_core::{AuditEntry, TenantCtx};

use crate::words::Word;

pub(crate) const FIRST: [u8; 32] = [0; 32];

/// SHA-256 over the hash before, the row's number, who did it, and each part of
/// the entry with its length in front, so that no two rows hash the same text.
pub(crate) fn link(previous: &[u8], ctx: &TenantCtx, number: i64, entry: &AuditEntry) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [
        b"toolmill audit 1".as_slice(),
        previous,
        uuid::Uuid::from(ctx.tenant).as_bytes(),
        uuid::Uuid::from(ctx.user).as_bytes(),
        &number.to_be_bytes(),
        &entry.at.to_be_bytes(),
        entry.action.as_bytes(),
        entry.subject.as_bytes(),
        entry.outcome.word().as_bytes(),
        entry.detail.as_bytes(),
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
