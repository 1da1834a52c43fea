//! Making sure, before anything is sealed or opened, that the key file belongs
//! to the database.

use secrecy::{ExposeSecret, SecretBox};
use toolmill_core::{Error, PlatformSecrets, Result, SealedSecret, SystemCtx};

use crate::envelope::Place;
use crate::{SealedGrants, Vault, random};

const CHECK: &str = "key check";
const GRANT_KEY: &str = "grant key";

/// What the check value is when it is opened.
const KNOWN: &[u8] = b"This is the key.";

impl Vault {
    /// Compares the key with the check value kept in `secrets`, and gives what
    /// seals grants with the key kept there. At first start both are made.
    ///
    /// # Errors
    /// Where the key is not the one that `secrets` was begun with. Nothing was
    /// changed then: with the right key file everything opens again.
    pub async fn unlock(
        &self,
        system: SystemCtx,
        secrets: &dyn PlatformSecrets,
    ) -> Result<SealedGrants> {
        let check = match secrets.platform_secret(system, CHECK).await? {
            Some(check) => check,
            None => {
                let check = self.check_value()?;
                secrets.keep_platform_secret(system, CHECK, &check).await?
            }
        };
        self.verify(&check)?;
        let key = self.platform_key(system, secrets, GRANT_KEY).await?;
        SealedGrants::new(key.expose_secret())
    }

    /// A random key that the platform keeps sealed in `secrets` under this
    /// name, made at the first asking: the same for every replica.
    ///
    /// # Errors
    /// Where the store does not answer, or what it keeps does not open.
    pub async fn platform_key(
        &self,
        system: SystemCtx,
        secrets: &dyn PlatformSecrets,
        name: &'static str,
    ) -> Result<SecretBox<[u8; 32]>> {
        let sealed = match secrets.platform_secret(system, name).await? {
            Some(sealed) => sealed,
            None => {
                let new = self.seal_at(&Place::platform(name), random::key()?.as_slice())?;
                secrets.keep_platform_secret(system, name, &new).await?
            }
        };
        let key = self
            .open_at(&Place::platform(name), &sealed)
            .map_err(|error| Error::internal(format!("The stored {name} does not open."), error))?;
        let key: &[u8; 32] = key.as_slice().try_into().map_err(|error| {
            Error::internal(format!("The stored {name} is not 32 bytes long."), error)
        })?;
        Ok(SecretBox::init_with_mut(|kept: &mut [u8; 32]| {
            kept.copy_from_slice(key);
        }))
    }

    /// A known value under this vault's key: what [`Vault::verify`] opens
    /// proves that the key is the same.
    ///
    /// # Errors
    /// Where the system gives no random bytes.
    pub fn check_value(&self) -> Result<SealedSecret> {
        self.seal_at(&Place::platform(CHECK), KNOWN)
    }

    /// Refuses a check value of another key.
    ///
    /// # Errors
    /// Where it is not one of this key's.
    pub fn verify(&self, check: &SealedSecret) -> Result<()> {
        self.open_at(&Place::platform(CHECK), check)
            .map(drop)
            .map_err(|error| {
                Error::unavailable(
                    format!(
                        "The key file `{}` holds the key `{}`, and the database was sealed with `{}`.",
                        self.key_file.display(),
                        self.key_id(),
                        check.key_id,
                    ),
                    "Put the key file back that belongs to this database. Nothing was changed.",
                )
                .caused_by(error)
            })
    }
}
