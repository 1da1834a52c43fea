//! Bearer tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use toolmill_core::Result;
use zeroize::Zeroizing;

use crate::random;

/// By which scanners and people know a token when they see one.
const PREFIX: &str = "tm_";

/// A new bearer token: `tm_` and 256 random bits in base64url (RFC 4648,
/// section 5).
///
/// # Errors
/// Where the system gives no random bytes.
pub fn new_token() -> Result<SecretString> {
    let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(random::key()?.as_slice()));
    let mut token = String::with_capacity(PREFIX.len() + encoded.len());
    token.push_str(PREFIX);
    token.push_str(&encoded);
    Ok(token.into())
}
