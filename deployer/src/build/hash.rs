//! Names made of content.

use sha2::{Digest, Sha256};

/// A hash of parts that cannot run into each other.
pub(super) struct Hash(Sha256);

impl Hash {
    pub(super) fn of(parts: &[&str]) -> Self {
        let mut hash = Self(Sha256::new());
        for part in parts {
            hash.add(part.as_bytes());
        }
        hash
    }

    pub(super) fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// 32 characters of lower-case hex.
    pub(super) fn text(self) -> String {
        hex::encode(&self.0.finalize()[..16])
    }
}
