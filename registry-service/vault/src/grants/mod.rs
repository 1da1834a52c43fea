//! Grants as text in a header: sealed, so that the server which carries one can
//! neither read nor change it.
//!
//! Many grants are sealed with one key, more than random nonces of 96 bits are
//! good for, so each has a key of its own: nonces are 24 bytes, of which the
//! first half derives the key (HMAC-SHA256) and the second is the cipher's
//! nonce, as in XAES-256-GCM (<https://c2sp.org/XAES-256-GCM>).

mod payload;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use toolmill_core::{Error, Grant, Grants, Result};
use zeroize::Zeroizing;

use crate::{aead, random};

/// What the derived keys are for, and the version of the layout.
const PURPOSE: &[u8] = b"toolmill grant 2";

/// Bytes of the nonce that derive the key.
const SALT: usize = 12;

/// Seals and opens grants with the grant key of one store: any replica opens
/// what another has sealed.
pub struct SealedGrants {
    keyed: Hmac<Sha256>,
}

impl SealedGrants {
    pub(crate) fn new(key: &[u8]) -> Result<Self> {
        Hmac::new_from_slice(key)
            .map(|keyed| Self { keyed })
            .map_err(|error| Error::internal("The stored grant key is not a key.", error))
    }

    fn cipher(&self, salt: &[u8; SALT]) -> aes_gcm::Aes256Gcm {
        let derived = self.keyed.clone().chain_update(PURPOSE).chain_update(salt);
        let key = Zeroizing::new(derived.finalize().into_bytes().into());
        aead::cipher(&key)
    }
}

impl Grants for SealedGrants {
    fn seal(&self, grant: &Grant) -> Result<String> {
        let salt = random::bytes()?;
        let payload = payload::encode(grant)?;
        let sealed = aead::seal(&self.cipher(&salt), random::bytes()?, PURPOSE, &payload)
            .map_err(|error| Error::internal("The grant is too long to be sealed.", error))?;
        Ok(URL_SAFE_NO_PAD.encode([salt.as_slice(), &sealed].concat()))
    }

    fn open(&self, sealed: &str) -> Result<Grant> {
        self.opened(sealed).ok_or_else(|| Error::Forbidden {
            message: "The grant is not valid.".to_owned(),
        })
    }
}

impl SealedGrants {
    fn opened(&self, sealed: &str) -> Option<Grant> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (salt, sealed) = bytes.split_first_chunk::<SALT>()?;
        let payload = aead::open(&self.cipher(salt), PURPOSE, sealed).ok()?;
        payload::decode(&payload)
    }
}

impl fmt::Debug for SealedGrants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedGrants").finish_non_exhaustive()
    }
}
