//! Credentials in the clear, for the egress broker.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use toolmill_core::{CredentialKey, CredentialSource, Credentials, Result};

use crate::Vault;

/// Opens the credentials that a store keeps. Whoever asks writes the audit row:
/// only the asker knows what for.
pub struct StoredCredentials {
    vault: Arc<Vault>,
    store: Arc<dyn Credentials>,
}

impl StoredCredentials {
    #[must_use]
    pub fn new(vault: Arc<Vault>, store: Arc<dyn Credentials>) -> Self {
        Self { vault, store }
    }
}

#[async_trait]
impl CredentialSource for StoredCredentials {
    async fn reveal(&self, key: &CredentialKey) -> Result<Option<SecretString>> {
        let sealed = self.store.credential(key).await?;
        sealed
            .map(|sealed| self.vault.reveal(key, &sealed))
            .transpose()
    }
}
