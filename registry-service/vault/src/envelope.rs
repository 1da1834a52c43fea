//! Sealing under a data key, and the data key under the instance's key.

use std::fmt;
use std::path::{Path, PathBuf};

use aes_gcm::Aes256Gcm;
use secrecy::{ExposeSecret, SecretString};
use toolmill_core::{CredentialKey, Error, Result, SealedSecret};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use crate::aead::{self, DoesNotOpen};
use crate::{key_file, random};

/// Seals and opens credentials with the key-encryption key of one instance.
pub struct Vault {
    key_id: String,
    key: Aes256Gcm,
    pub(crate) key_file: PathBuf,
}

impl Vault {
    /// Reads the key-encryption key of `key_file`, which is made where there is
    /// none: a line of an id (8 characters of hex), a space, and 32 bytes in
    /// base64 (RFC 4648, section 4). Lines that start with `#` are comments.
    ///
    /// # Errors
    /// Where the file cannot be read or made, is not of that shape, belongs to
    /// another user, or can be read by others.
    pub fn open(key_file: &Path) -> Result<Self> {
        let entry = key_file::read_or_create(key_file)?;
        Ok(Self {
            key: aead::cipher(&entry.key),
            key_id: entry.id,
            key_file: key_file.to_owned(),
        })
    }

    /// Seals `secret` so that it opens for this key alone.
    ///
    /// # Errors
    /// Where the system gives no random bytes.
    pub fn seal(&self, key: &CredentialKey, secret: &SecretString) -> Result<SealedSecret> {
        self.seal_at(&Place::credential(key), secret.expose_secret().as_bytes())
    }

    /// What was sealed for this key.
    ///
    /// # Errors
    /// Where it was sealed for another key or by another vault, or was altered.
    pub fn reveal(&self, key: &CredentialKey, sealed: &SealedSecret) -> Result<SecretString> {
        self.open_at(&Place::credential(key), sealed)
            .and_then(into_secret)
            .map_err(|error| {
                let message = format!(
                    "The stored credential for `{}` does not open.",
                    key.scheme.escape_debug()
                );
                Error::internal(message, error)
            })
    }

    pub(crate) fn key_id(&self) -> &str {
        &self.key_id
    }

    pub(crate) fn seal_at(&self, place: &Place, plaintext: &[u8]) -> Result<SealedSecret> {
        let data_key = random::key()?;
        let value = place.bind("value", &self.key_id);
        let wrapping = place.bind("data key", &self.key_id);
        let sealed = |cipher, bound: &[u8], plaintext| {
            aead::seal(cipher, random::bytes()?, bound, plaintext)
                .map_err(|error| Error::internal("The value is too long to be sealed.", error))
        };
        Ok(SealedSecret {
            key_id: self.key_id.clone(),
            ciphertext: sealed(&aead::cipher(&data_key), &value, plaintext)?,
            wrapped_key: sealed(&self.key, &wrapping, data_key.as_slice())?,
        })
    }

    pub(crate) fn open_at(
        &self,
        place: &Place,
        sealed: &SealedSecret,
    ) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        let wrapping = place.bind("data key", &sealed.key_id);
        let data_key = aead::open(&self.key, &wrapping, &sealed.wrapped_key)?;
        let data_key = data_key.as_slice().try_into().map_err(|_| DoesNotOpen)?;
        let value = place.bind("value", &sealed.key_id);
        aead::open(&aead::cipher(data_key), &value, &sealed.ciphertext)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// Where something is sealed for: additional data that is not stored with it,
/// but known again from where it is found.
pub(crate) struct Place(Vec<u8>);

impl Place {
    fn credential(key: &CredentialKey) -> Self {
        Self::of(&[
            b"credential",
            Uuid::from(key.ctx.tenant).as_bytes(),
            Uuid::from(key.ctx.user).as_bytes(),
            Uuid::from(key.api).as_bytes(),
            key.scheme.as_bytes(),
        ])
    }

    /// Of the platform itself, under this name.
    pub(crate) fn platform(name: &str) -> Self {
        Self::of(&[b"platform", name.as_bytes()])
    }

    /// Each part with its length in front, so that no two lists of parts give
    /// the same bytes; first of all the domain and the version of this layout.
    fn of(parts: &[&[u8]]) -> Self {
        let mut bound = Vec::new();
        append(&mut bound, b"toolmill sealed");
        append(&mut bound, &[1]);
        for part in parts {
            append(&mut bound, part);
        }
        Self(bound)
    }

    fn bind(&self, field: &str, key_id: &str) -> Vec<u8> {
        let mut bound = self.0.clone();
        append(&mut bound, field.as_bytes());
        append(&mut bound, key_id.as_bytes());
        bound
    }
}

fn append(bound: &mut Vec<u8>, part: &[u8]) {
    bound.extend((part.len() as u64).to_be_bytes());
    bound.extend(part);
}

fn into_secret(mut plaintext: Zeroizing<Vec<u8>>) -> Result<SecretString, DoesNotOpen> {
    match String::from_utf8(std::mem::take(&mut *plaintext)) {
        Ok(text) => Ok(text.into()),
        Err(error) => {
            error.into_bytes().zeroize();
            Err(DoesNotOpen)
        }
    }
}
