//! AES-256-GCM over whole messages: nonce (12 bytes), ciphertext, tag (16 bytes).

use aes_gcm::aead::{Aead, AeadInOut, Nonce, Payload, Tag};
use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::Zeroizing;

pub(crate) const NONCE: usize = 12;
const TAG: usize = 16;

/// Not what was sealed, not by this key, or not for this place: AEAD does not
/// tell which, and nobody shall learn.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the sealed bytes do not open")]
pub(crate) struct DoesNotOpen;

pub(crate) fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(key.into())
}

/// `nonce` must never have been used with this key.
pub(crate) fn seal(
    cipher: &Aes256Gcm,
    nonce: [u8; NONCE],
    bound: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, aes_gcm::Error> {
    let payload = Payload {
        msg: plaintext,
        aad: bound,
    };
    let ciphertext = cipher.encrypt(&Nonce::<Aes256Gcm>::from(nonce), payload)?;
    Ok([nonce.as_slice(), &ciphertext].concat())
}

/// The plaintext, in a buffer of exactly its size, so that it can become a
/// string without leaving a copy behind.
pub(crate) fn open(
    cipher: &Aes256Gcm,
    bound: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(DoesNotOpen)?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG>().ok_or(DoesNotOpen)?;
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    cipher
        .decrypt_inout_detached(
            &Nonce::<Aes256Gcm>::from(*nonce),
            bound,
            plaintext.as_mut_slice().into(),
            &Tag::<Aes256Gcm>::from(*tag),
        )
        .map_err(|_| DoesNotOpen)?;
    Ok(plaintext)
}
