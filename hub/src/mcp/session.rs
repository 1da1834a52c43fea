//! Sessions of older clients. The id is all there is: signed, bound to the user
//! and to the client's token, and worthless without that token.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use toolmill_core::{TenantCtx, TokenHash};

use crate::clock;

const FORMAT: u8 = 1;
const NONCE: usize = 16;
const TAG: usize = 32;
const LENGTH: usize = 1 + 8 + NONCE + TAG;
const MONTH: i64 = 30 * 24 * 60 * 60 * 1000;

/// Makes and checks session ids.
pub(super) struct Sessions {
    key: SecretBox<[u8; 32]>,
}

impl Sessions {
    pub(super) fn new(key: &SecretBox<[u8; 32]>) -> Self {
        Self {
            key: SecretBox::init_with(|| *key.expose_secret()),
        }
    }

    /// A new id; `None` where the system gives no randomness.
    pub(super) fn open(&self, ctx: &TenantCtx, token: &TokenHash) -> Option<String> {
        let mut id = Vec::with_capacity(LENGTH);
        id.push(FORMAT);
        id.extend(clock::now().to_be_bytes());
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        id.extend(nonce);
        let tag = self.mac(&id, ctx, token)?.finalize().into_bytes();
        id.extend(tag);
        Some(BASE64_URL_SAFE_NO_PAD.encode(id))
    }

    /// Whether the id was made here for this user and token, not too long ago.
    pub(super) fn is_open(&self, id: &str, ctx: &TenantCtx, token: &TokenHash) -> bool {
        let Ok(id) = BASE64_URL_SAFE_NO_PAD.decode(id) else {
            return false;
        };
        if id.len() != LENGTH || id[0] != FORMAT {
            return false;
        }
        let (signed, tag) = id.split_at(LENGTH - TAG);
        let genuine = self
            .mac(signed, ctx, token)
            .is_some_and(|mac| mac.verify_slice(tag).is_ok());
        let opened = signed[1..9].try_into().map_or(0, i64::from_be_bytes);
        genuine && clock::now().saturating_sub(opened) < MONTH
    }

    fn mac(&self, signed: &[u8], ctx: &TenantCtx, token: &TokenHash) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose_secret()).ok()?;
        mac.update(b"toolmill mcp session\n");
        mac.update(signed);
        mac.update(ctx.tenant.to_string().as_bytes());
        mac.update(ctx.user.to_string().as_bytes());
        mac.update(token.as_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use toolmill_core::{TenantId, UserId};

    use super::*;

    fn sessions(key: u8) -> Sessions {
        Sessions::new(&SecretBox::new(Box::new([key; 32])))
    }

    fn user() -> TenantCtx {
        TenantCtx {
            tenant: TenantId::generate(),
            user: UserId::generate(),
        }
    }

    #[test]
    fn an_id_is_good_for_its_own_user_and_token_only() {
        let (ann, bob) = (user(), user());
        let (first, second) = (TokenHash::of("first"), TokenHash::of("second"));
        let id = sessions(1).open(&ann, &first).expect("randomness");
        assert!(sessions(1).is_open(&id, &ann, &first));
        assert!(!sessions(1).is_open(&id, &bob, &first));
        assert!(!sessions(1).is_open(&id, &ann, &second));
        assert!(!sessions(2).is_open(&id, &ann, &first));
        for forged in ["", "AQ", &id[1..], &format!("{id}AA")] {
            assert!(!sessions(1).is_open(forged, &ann, &first), "{forged}");
        }
        for at in 0..id.len() {
            let mut altered = id.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).expect("ASCII");
            assert!(!sessions(1).is_open(&altered, &ann, &first), "{at}");
        }
    }
}
